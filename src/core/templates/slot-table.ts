import { isAboutSegments } from './asked-segments.ts';
import { escapers } from './escape.ts';
import type { Part } from './place-slots.ts';
import type { Problem } from './problem.ts';
import type { Block, Choices, Slot, SlotText } from './slot.ts';
import type { Values } from './values.ts';

/** Collects the slots of all parts of a message; the same expression in the same kind of place is one slot. */
export interface SlotTable {
  readonly slots: readonly Slot[];
  /** Turns parts into static pieces and slots; what can't be goes to `problems`. */
  addText(parts: readonly Part[], problems: Problem[]): SlotText;
}

type PiecePart = Extract<Part, { kind: 'piece' }>;
type Output = Extract<PiecePart['piece'], { kind: 'output' }>;
type Node = string | Slot;

interface Branch {
  /** The tag that begins it. */
  readonly source: string;
  readonly variables: readonly string[];
  /** Undefined for `else`. */
  readonly test: ((values: Values) => boolean) | undefined;
  readonly nodes: Node[];
}

interface Cursor {
  readonly parts: readonly Part[];
  position: number;
}

/** An empty table. */
export function createSlotTable(): SlotTable {
  const slots: Slot[] = [];
  const indexes = new Map<string, number>();

  function indexOf(slot: Slot): number {
    const key = nodeKey(slot);
    const known = indexes.get(key);
    if (known !== undefined) return known;
    indexes.set(key, slots.length);
    return slots.push(slot) - 1;
  }

  return {
    slots,
    addText(parts, problems) {
      const statics = [''];
      const used: number[] = [];
      for (const node of buildNodes(parts, problems)) {
        if (typeof node === 'string') statics.push((statics.pop() ?? '') + node);
        else {
          used.push(indexOf(node));
          statics.push('');
        }
      }
      return { statics, slots: used };
    },
  };
}

function buildNodes(parts: readonly Part[], problems: Problem[]): Node[] {
  const cursor: Cursor = { parts, position: 0 };
  const nodes = readNodes(cursor, problems);
  const stray = parts[cursor.position];
  if (stray?.kind === 'piece') problems.push(scopeProblem(stray, stray));
  return nodes;
}

// Reads up to the tag that ends this level, or to the end.
function readNodes(cursor: Cursor, problems: Problem[]): Node[] {
  const nodes: Node[] = [];
  for (;;) {
    const part = cursor.parts[cursor.position];
    if (part?.kind === 'static') {
      if (part.text !== '') nodes.push(part.text);
      cursor.position += 1;
    } else if (part?.piece.kind === 'output') {
      nodes.push(outputSlot(part.piece, part.place));
      cursor.position += 1;
    } else if (part?.piece.kind === 'if') nodes.push(readIf(cursor, part, problems));
    else return nodes;
  }
}

function readIf(cursor: Cursor, begin: PiecePart, problems: Problem[]): Slot {
  const branches: Branch[] = [];
  let tag = begin;
  for (;;) {
    cursor.position += 1;
    branches.push({ ...branchOf(tag), nodes: readNodes(cursor, problems) });
    const next = cursor.parts[cursor.position];
    if (next?.kind !== 'piece') return ifSlot(branches);
    if (next.scope !== begin.scope) problems.push(scopeProblem(begin, next));
    tag = next;
    if (tag.piece.kind !== 'end') continue;
    cursor.position += 1;
    return ifSlot(branches);
  }
}

function branchOf({ piece }: PiecePart): Omit<Branch, 'nodes'> {
  const { source } = piece;
  if (piece.kind !== 'if' && piece.kind !== 'elsif') return { source, variables: [], test: undefined };
  const { variables, test } = piece.condition;
  const isNegated = piece.kind === 'if' && piece.negated;
  return { source, variables, test: isNegated ? (values) => !test(values) : test };
}

function scopeProblem(begin: PiecePart, end: PiecePart): Problem {
  return {
    severity: 'error',
    rule: 'if_crosses_elements',
    message: `between ${begin.piece.source} and ${end.piece.source} an element is opened or closed, but not both`,
    where: begin.piece.where,
    hint: 'Put whole elements between them, or only text.',
  };
}

function outputSlot({ expression, source }: Output, place: PiecePart['place']): Slot {
  const { evaluate, missing, variables } = expression;
  const escapeValue = remembering(escapers[place]);
  const fillWhole = (values: Values): string | undefined => {
    const value = evaluate(values);
    return value === undefined ? undefined : escapeValue(typeof value === 'string' ? value : String(value));
  };
  return {
    ...{ source, place, variables, fillWhole },
    fill: (values) => fillWhole(values) ?? '',
    addMissing: (values, into) => {
      for (const name of missing(values)) into.add(name);
    },
  };
}

// Most slots hold the same for many recipients in a row, and often the very same text.
function remembering(escapeValue: (text: string) => string): (text: string) => string {
  let last = '';
  let escaped = escapeValue(last);
  return (text) => {
    if (text === last) return escaped;
    last = text;
    escaped = escapeValue(text);
    return escaped;
  };
}

function ifSlot(branches: readonly Branch[]): Slot {
  const find = (values: Values): number =>
    branches.findIndex(({ test }) => test === undefined || test(values));
  const choose = (values: Values): readonly Node[] => branches[find(values)]?.nodes ?? [];
  const inner = branches.flatMap(({ nodes }) => nodes.filter((node) => typeof node !== 'string'));
  return {
    // Two blocks are the same slot only when everything in them is.
    source: JSON.stringify(branches.map(({ source, nodes }) => [source, ...nodes.map(nodeKey)])),
    place: 'block',
    variables: [
      ...new Set([
        ...branches.flatMap(({ variables }) => variables),
        ...inner.flatMap(({ variables }) => variables),
      ]),
    ],
    fill: (values) => {
      let filled = '';
      for (const node of choose(values)) filled += typeof node === 'string' ? node : node.fill(values);
      return filled;
    },
    fillWhole: (values) => {
      let filled = '';
      for (const node of choose(values)) {
        const piece = typeof node === 'string' ? node : node.fillWhole(values);
        if (piece === undefined) return undefined;
        filled += piece;
      }
      return filled;
    },
    addMissing: (values, into) => {
      for (const node of choose(values)) if (typeof node !== 'string') node.addMissing(values, into);
    },
    choices: choicesOf(branches, inner, find),
  };
}

function choicesOf(
  branches: readonly Branch[],
  inner: readonly Slot[],
  find: (values: Values) => number,
): Choices | undefined {
  const isOwn = branches.some(({ variables }) => variables.some(isAboutSegments));
  const own: Block | undefined = isOwn ? { tags: branches.map(({ source }) => source) } : undefined;
  const inside = inner.flatMap(({ choices }) => choices?.blocks ?? []);
  if (own === undefined && inside.length === 0) return undefined;
  return {
    blocks: [...(own === undefined ? [] : [own]), ...inside],
    note: (values, tell) => {
      const chosen = find(values);
      if (own !== undefined) tell(own, chosen);
      for (const node of branches[chosen]?.nodes ?? []) {
        if (typeof node !== 'string') node.choices?.note(values, tell);
      }
    },
  };
}

function nodeKey(node: Node): string {
  if (typeof node === 'string') return node;
  // Text and quoted attributes are escaped alike.
  return `${node.place === 'attribute' ? 'text' : node.place} ${node.source}`;
}
