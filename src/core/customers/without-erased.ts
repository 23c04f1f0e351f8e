/**
 * Conditions that leave out who was erased, unless one is about that: of such a customer nothing is left that could be imported again,
 * or written to.
 */
export function withoutErased(where: readonly string[]): readonly string[] {
  return where.some((condition) => /^\s*erased_at\b/.test(condition)) ? where : [...where, 'erased_at = ""'];
}
