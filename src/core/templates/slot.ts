import type { Values } from './values.ts';

/** Where a slot stands decides how its value is escaped. `block` is a whole `if`, whose parts are escaped inside. */
export type Place = 'text' | 'attribute' | 'url' | 'url_part' | 'subject' | 'plain' | 'plain_url' | 'block';

/** An `if` that chooses by segments or scores: its tags, as written. */
export interface Block {
  readonly tags: readonly string[];
}

/** The blocks of a slot: itself and those inside. */
export interface Choices {
  readonly blocks: readonly Block[];
  /** Tells of each block that this recipient comes to which of its tags is theirs; -1 when none is. */
  readonly note: (values: Values, tell: (block: Block, tag: number) => void) => void;
}

/** An expression of a template that is filled per recipient. */
export interface Slot {
  /** As written in the template. */
  readonly source: string;
  readonly place: Place;
  readonly variables: readonly string[];
  /** The value, escaped for its place; nothing in place of what this recipient has no value for. */
  readonly fill: (values: Values) => string;
  /** The same, but undefined where this recipient has no value for something in it and the template gives no default. */
  readonly fillWhole: (values: Values) => string | undefined;
  /** Adds the variables that this recipient has no value for, where the template gives no default. */
  readonly addMissing: (values: Values, missing: Set<string>) => void;
  /** Absent where nothing is chosen by segments or scores. */
  readonly choices?: Choices | undefined;
}

/** Static pieces with a slot between each two: `statics.length = slots.length + 1`; `slots` index into the program's. */
export interface SlotText {
  readonly statics: readonly string[];
  readonly slots: readonly number[];
}
