import type { Slot, SlotText } from './slot.ts';
import type { Values } from './values.ts';

export type { Slot, SlotText } from './slot.ts';

/** A template compiled once for a whole campaign. */
export interface MessageProgram {
  readonly subject: SlotText;
  readonly html: SlotText;
  readonly text: SlotText;
  readonly slots: readonly Slot[];
  /** Every variable that it uses, sorted. */
  readonly variables: readonly string[];
}

/** The escaped value of every slot for one recipient, in the order of `program.slots`. */
export function fillSlots(program: MessageProgram, values: Values): readonly string[] {
  const { slots } = program;
  const filled = new Array<string>(slots.length);
  for (let index = 0; index < slots.length; index += 1) filled[index] = slots[index]?.fill(values) ?? '';
  return filled;
}

/** A part of the message, whole. */
export function joinSlotText(text: SlotText, filled: readonly string[]): string {
  let joined = text.statics[0] ?? '';
  for (let index = 0; index < text.slots.length; index += 1) {
    joined += (filled[text.slots[index] ?? -1] ?? '') + (text.statics[index + 1] ?? '');
  }
  return joined;
}

/** The variables that a recipient has no value for and the template no default, sorted; empty when it can be sent. */
export function missingVariables(program: MessageProgram, values: Values): string[] {
  const missing = new Set<string>();
  for (const slot of program.slots) slot.addMissing(values, missing);
  return [...missing].sort();
}

/** As `fillSlots`; undefined for a recipient who has no value for something that the template gives no default for. */
export function fillAllSlots({ slots }: MessageProgram, values: Values): readonly string[] | undefined {
  const filled: string[] = [];
  for (const slot of slots) {
    const text = slot.fillWhole(values);
    if (text === undefined) return undefined;
    filled.push(text);
  }
  return filled;
}
