/** The classes of domains that one sender takes turns through; shared by its workers. */
export interface ClassRotation {
  /** Those that had something pending when they were looked up last. */
  names: readonly string[];
  /** Counts the claims. */
  turn: number;
}

/** A rotation that knows of no class yet. */
export function createClassRotation(): ClassRotation {
  return { names: [], turn: 0 };
}

/** The names from whose turn it is on. */
export function takeTurn(rotation: ClassRotation): readonly string[] {
  const { names, turn } = rotation;
  rotation.turn += 1;
  const first = names.length === 0 ? 0 : turn % names.length;
  return [...names.slice(first), ...names.slice(0, first)];
}
