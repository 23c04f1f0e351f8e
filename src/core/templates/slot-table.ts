import { escapers } from './escape.ts';
import type { Part } from './place-slots.ts';
import type { Problem } from './problem.ts';
import type { Slot, SlotText } from './slot.ts';
import type { Values } from './values.ts';

/** Collects the slots of all parts of a message; the same expression in the same kind of place is one slot. */
export interface SlotTable {
  readonly slots: readonly Slot[];
  /** Turns parts into static pieces and slots; what can't be goes to `problems`. */
  addText(parts: readonly Part[], problems: Problem[]): SlotText;
}

type PiecePart = Extract<Part, { kind: 'piece' }>;
type Node = string | Slot;

interface Branch {
  /** The tag that begins it. */
  readonly source: string;
  readonly variables: readonly string[];
  /** Undefined for `else`. */
  readonly test: ((values: Values) => boolean) | undefined;
  readonly nodes: Node[];
}

interface OpenIf {
  readonly part: PiecePart;
  readonly branches: Branch[];
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
  const top: Node[] = [];
  const open: OpenIf[] = [];
  for (const part of parts) {
    const innermost = open.at(-1);
    const nodes = innermost?.branches.at(-1)?.nodes ?? top;
    if (part.kind === 'static') {
      if (part.text !== '') nodes.push(part.text);
      continue;
    }
    const { piece } = part;
    if (piece.kind === 'output') nodes.push(outputSlot(part));
    else if (piece.kind === 'if') {
      const { condition, negated } = piece;
      const test = negated ? (values: Values) => !condition.test(values) : condition.test;
      open.push({
        part,
        branches: [{ source: piece.source, variables: condition.variables, test, nodes: [] }],
      });
    } else if (innermost !== undefined) {
      if (innermost.part.scope !== part.scope) problems.push(scopeProblem(innermost.part, part));
      if (piece.kind === 'end') {
        open.pop();
        (open.at(-1)?.branches.at(-1)?.nodes ?? top).push(ifSlot(innermost));
      } else {
        const condition = piece.kind === 'elsif' ? piece.condition : undefined;
        innermost.branches.push({
          source: piece.source,
          variables: condition?.variables ?? [],
          test: condition?.test,
          nodes: [],
        });
      }
    }
  }
  return top;
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

function outputSlot({ piece, place }: PiecePart): Slot {
  if (piece.kind !== 'output') throw new TypeError('only an output is filled');
  const { expression, source } = piece;
  const { evaluate, missing, variables } = expression;
  const escape = escapers[place];
  return {
    source,
    place,
    variables,
    fill: (values) => {
      const value = evaluate(values);
      return value === undefined ? '' : escape(typeof value === 'string' ? value : String(value));
    },
    addMissing: (values, into) => {
      for (const name of missing(values)) into.add(name);
    },
  };
}

function ifSlot({ branches }: OpenIf): Slot {
  const choose = (values: Values): readonly Node[] => {
    for (const { test, nodes } of branches) if (test === undefined || test(values)) return nodes;
    return [];
  };
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
    addMissing: (values, into) => {
      for (const node of choose(values)) if (typeof node !== 'string') node.addMissing(values, into);
    },
  };
}

function nodeKey(node: Node): string {
  if (typeof node === 'string') return node;
  // Text and quoted attributes are escaped alike.
  return `${node.place === 'attribute' ? 'text' : node.place} ${node.source}`;
}
