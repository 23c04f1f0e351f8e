import stringWidth from 'string-width';

const FONT_SIZE = 13;
/** Of a character in the fonts below, which are all monospaced at this width. */
const CELL = FONT_SIZE * 0.602;
const LINE = FONT_SIZE * 1.45;
const EDGE = 18;
const BAR = 34;
const FONTS = "ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace";

/** Colours of a dark terminal; each has a contrast of 7 to 1 or more to the background, faint texts 4.5 to 1. */
const BACKGROUND = '#0f172a';
const TEXT = '#e2e8f0';
const PAINTS: ReadonlyMap<string, string> = new Map([
  ['1', 'font-weight="700"'],
  ['2', 'fill="#94a3b8"'],
  ['31', 'fill="#fca5a5"'],
  ['32', 'fill="#86efac"'],
  ['33', 'fill="#fcd34d"'],
]);
const ENDS: ReadonlyMap<string, readonly string[]> = new Map([
  ['0', [...PAINTS.keys()]],
  ['22', ['1', '2']],
  ['39', ['31', '32', '33']],
]);

/** Lines with colours of a terminal as an SVG picture; a line that begins with `$ ` was typed. */
export function drawTerminal(lines: readonly string[]): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the colours.
  const columns = Math.max(...lines.map((line) => stringWidth(line.replace(/\u001b\[[\d;]*m/g, ''))));
  const width = Math.ceil(columns * CELL + 2 * EDGE);
  const height = Math.ceil(BAR + lines.length * LINE + EDGE);
  const rows = lines.map((line, index) => drawLine(line, BAR + (index + 1) * LINE));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="Commands and their answers in a terminal">`,
    `<rect width="${width}" height="${height}" rx="10" fill="${BACKGROUND}"/>`,
    ...['#f87171', '#fbbf24', '#4ade80'].map(
      (fill, index) => `<circle cx="${EDGE + 4 + index * 18}" cy="18" r="5.5" fill="${fill}"/>`,
    ),
    `<g font-family="${FONTS}" font-size="${FONT_SIZE}" fill="${TEXT}">`,
    ...rows,
    '</g>',
    '</svg>',
    '',
  ].join('\n');
}

function drawLine(line: string, y: number): string {
  const typed = line.startsWith('$ ');
  const runs = typed ? [{ text: line, column: 0, paints: ['1'] }] : splitRuns(line);
  return runs
    .filter(({ text }) => text.trim() !== '')
    .map(({ text, column, paints }) => {
      const attributes = paints.map((paint) => PAINTS.get(paint) ?? '').join(' ');
      const length = (stringWidth(text) * CELL).toFixed(1);
      // With its length said, a text keeps its columns in any font.
      return `<text x="${(EDGE + column * CELL).toFixed(1)}" y="${y.toFixed(1)}" textLength="${length}" ${attributes}>${escapeText(text)}</text>`;
    })
    .join('');
}

interface Run {
  readonly text: string;
  readonly column: number;
  readonly paints: readonly string[];
}

/** The parts of a line that are painted alike, each with the column it begins at. */
function splitRuns(line: string): readonly Run[] {
  const runs: Run[] = [];
  let paints: readonly string[] = [];
  let column = 0;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the colours.
  for (const [, codes, text] of line.matchAll(/\u001b\[([\d;]*)m|([^\u001b]+)/g)) {
    if (text === undefined) {
      for (const code of (codes ?? '0').split(';')) {
        const ended = ENDS.get(code);
        paints = ended === undefined ? [...paints, code] : paints.filter((paint) => !ended.includes(paint));
      }
    } else {
      runs.push({ text, column, paints });
      column += stringWidth(text);
    }
  }
  return runs;
}

function escapeText(text: string): string {
  // Several blanks would be shown as one.
  const kept = text.replaceAll(' ', '\u00a0');
  return kept.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
