/*
 * The few requests of mdoc(7) that our pages are made of. mandoc and groff both read it, and it says what a word is, not
 * how it looks.
 */

/** Text that stands on a line of its own or at its end: nothing in it is read as a request or an escape. */
export function mdocText(text: string): string {
  const escaped = escapeText(text.trim().replace(/\s+/g, ' '));
  return /^[.']/.test(escaped) ? `\\&${escaped}` : escaped;
}

/** One argument of a request: in quotes, because a word such as `Ar` would be a request again. */
export function mdocArgument(text: string): string {
  return `"${escapeText(text).replaceAll('"', '\\(dq')}"`;
}

/** Sentences, each on its own line, as manuals are written. */
export function mdocParagraph(text: string): readonly string[] {
  return text
    .split('\n')
    .flatMap((line) => line.trim().split(/(?<=[a-z)"»][.!?]) (?=[A-Z-])/))
    .map(mdocText)
    .filter((line) => line !== '');
}

/** A tagged list. */
export function mdocList(items: readonly (readonly [tag: string, text: string])[]): readonly string[] {
  if (items.length === 0) return [];
  return ['.Bl -tag -width Ds', ...items.flatMap(([tag, text]) => [tag, ...mdocParagraph(text)]), '.El'];
}

/** `-o, --output <file>` as the head of an item: `.It Fl o , Fl -output Ar file`. */
export function mdocFlag(flags: string): string {
  const [names = '', ...values] = flags.split(/ (?=[<[])/);
  const parts = names.split(', ').map((name) => `Fl ${escapeText(name.replace(/^-/, ''))}`);
  return ['.It', parts.join(' , '), ...values.map((value) => mdocValue(value))].join(' ');
}

/** `<slug>` → `Ar slug`, `[ids...]` → `Op Ar ids ...`. */
export function mdocValue(syntax: string): string {
  const name = syntax.replace(/[<>[\].]/g, '');
  const value = `Ar ${mdocArgument(name)}${syntax.includes('...') ? ' ...' : ''}`;
  return syntax.startsWith('[') ? `Op ${value}` : value;
}

/** Lines shown as they are. */
export function mdocLiteral(lines: readonly string[]): readonly string[] {
  return ['.Bd -literal -offset indent', ...lines.map(literalLine), '.Ed'];
}

function literalLine(line: string): string {
  const escaped = escapeText(line).replaceAll('-', '\\-');
  return /^[.']/.test(escaped) ? `\\&${escaped}` : escaped;
}

function escapeText(text: string): string {
  return (
    text
      .replaceAll('\\', '\\e')
      .replaceAll('`', '\\(ga')
      .replaceAll('^', '\\(ha')
      .replaceAll('~', '\\(ti')
      // Not every formatter knows UTF-8; all know this name of a character.
      .replace(/\P{ASCII}/gu, (character) => {
        const code = character.codePointAt(0) ?? 0;
        return `\\[u${code.toString(16).toUpperCase().padStart(4, '0')}]`;
      })
  );
}
