import { fillSlots, joinSlotText, type MessageProgram } from './message-program.ts';
import type { Values } from './values.ts';

/** What a template weighs, filled with some values. Sizes in bytes of UTF-8. */
export interface TemplateStats {
  readonly html_bytes: number;
  readonly text_bytes: number;
  /** Bytes of the HTML that are the same in every mail. */
  readonly static_bytes: number;
  readonly subject_characters: number;
  readonly slots: number;
  readonly variables: readonly string[];
  readonly words: number;
  readonly links: number;
  readonly images: number;
}

/** Measures a compiled template. */
export function measureTemplate(program: MessageProgram, values: Values): TemplateStats {
  const filled = fillSlots(program, values);
  const html = joinSlotText(program.html, filled);
  const text = joinSlotText(program.text, filled);
  const words = text.replace(/<[^>]*>/g, ' ').match(/[\p{L}\p{N}][\p{L}\p{N}\p{M}'’.,-]*/gu) ?? [];
  return {
    html_bytes: Buffer.byteLength(html),
    text_bytes: Buffer.byteLength(text),
    static_bytes: program.html.statics.reduce((sum, piece) => sum + Buffer.byteLength(piece), 0),
    subject_characters: [...joinSlotText(program.subject, filled)].length,
    slots: program.slots.length,
    variables: program.variables,
    words: words.length,
    links: html.match(/<a\b[^>]*\bhref=/gi)?.length ?? 0,
    images: html.match(/<img\b/gi)?.length ?? 0,
  };
}
