import { blankComments, compileMjml } from './compile-mjml.ts';
import { deriveText } from './derive-text.ts';
import { loadExpressionParser } from './expression.ts';
import type { MessageProgram } from './message-program.ts';
import { type Piece, parseSlots } from './parse-slots.ts';
import { createMarkers, type Markers, type Part, placeSlots } from './place-slots.ts';
import type { Problem } from './problem.ts';
import { createSlotTable } from './slot-table.ts';
import type { TemplateDocument } from './template-document.ts';

export interface ParsedMessage {
  /** Undefined when there are errors. */
  readonly program: MessageProgram | undefined;
  readonly problems: readonly Problem[];
}

/** What a variant of a campaign writes otherwise. */
export interface MessageOverrides {
  readonly subject?: string;
  readonly preheader?: string;
}

// Mail programs fill the line after the subject from the body; these invisible characters keep the body out of it.
const PREHEADER_PADDING = '&#847;&zwnj;&nbsp;'.repeat(60);

/** Compiles a template and finds everything that is wrong with it, without stopping at the first error. */
export async function parseMessage(
  document: TemplateDocument & { readonly file?: string },
  overrides: MessageOverrides = {},
): Promise<ParsedMessage> {
  const problems: Problem[] = [];
  const file = document.file ?? `${document.name}.mjml`;
  const parser = await loadExpressionParser(findLanguage(document.mjml));
  const subject = parseSlots(overrides.subject ?? document.subject, 'subject', parser, problems);
  const lead = overrides.preheader ?? document.preheader;
  const preheader = parseSlots(lead, 'preheader', parser, problems);
  const body = parseSlots(blankComments(document.mjml), file, parser, problems);
  if (hasErrors(problems)) return { program: undefined, problems };

  const pieces = [...body, ...preheader];
  const markers = createMarkers(document.mjml + lead);
  const compiled = await compileMjml(
    markPieces(body, markers, 0, (text) => text),
    file,
    problems,
  );
  const html = addPreheader(compiled, markPieces(preheader, markers, body.length, escapeStatic));
  if (hasErrors(problems)) return { program: undefined, problems };
  reportLost(html, body, markers, problems);

  const parts = await placeSlots(html, markers, pieces, problems);
  const table = createSlotTable();
  const subjectText = table.addText(subject.map(asSubject), problems);
  const htmlText = table.addText(parts, problems);
  if (hasErrors(problems)) return { program: undefined, problems };
  const text = table.addText(await deriveText(parts), problems);
  const { slots } = table;
  const variables = [...new Set(slots.flatMap((slot) => slot.variables))].sort();
  return { program: { subject: subjectText, html: htmlText, text, slots, variables }, problems };
}

// `<mjml lang="nl">` says what language the template is written in.
function findLanguage(mjml: string): string | undefined {
  return /<mjml\b[^>]*\blang="([A-Za-z][\w-]*)"/.exec(mjml)?.[1];
}

function hasErrors(problems: readonly Problem[]): boolean {
  return problems.some(({ severity }) => severity === 'error');
}

function markPieces(
  pieces: readonly Piece[],
  markers: Markers,
  offset: number,
  writeStatic: (text: string) => string,
): string {
  return pieces
    .map((piece, index) =>
      piece.kind === 'static' ? writeStatic(piece.text) : markers.write(offset + index),
    )
    .join('');
}

function asSubject(piece: Piece): Part {
  if (piece.kind === 'static') return { kind: 'static', text: piece.text };
  return { kind: 'piece', piece, place: 'subject', scope: '' };
}

function escapeStatic(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function addPreheader(html: string, preheader: string): string {
  if (preheader === '') return html;
  const hidden =
    '<div style="display:none;max-height:0;max-width:0;overflow:hidden;opacity:0;font-size:1px;line-height:1px;">';
  return html.replace(/<body\b[^>]*>/i, (body) => `${body}\n${hidden}${preheader}${PREHEADER_PADDING}</div>`);
}

// MJML drops what stands where it expects no text: a slot there would silently vanish from the mail.
function reportLost(html: string, body: readonly Piece[], markers: Markers, problems: Problem[]): void {
  const found = new Set([...html.matchAll(markers.pattern)].map((match) => Number(match[1])));
  for (const [index, piece] of body.entries()) {
    if (piece.kind === 'static' || found.has(index)) continue;
    problems.push({
      severity: 'error',
      rule: 'slot_lost',
      message: `${piece.source} stands where MJML shows no text`,
      where: piece.where,
      hint: 'Put it into mj-text, mj-button or mj-raw.',
    });
  }
}
