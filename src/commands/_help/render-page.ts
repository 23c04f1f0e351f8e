import stringWidth from 'string-width';
import { wrapText } from '../_runtime/format-table.ts';
import type { Palette } from '../_runtime/palette.ts';

const WIDEST = 100;
const INDENT = '  ';
const GAP = 2;
const LEAST_COLUMN = 8;

/** A page of the documentation, written in the plain Markdown that those pages use, as text for a terminal. */
export function renderPage(markdown: string, width: number, palette: Palette): string {
  const room = Math.min(width, WIDEST);
  const lines = markdown
    .replace(/<!--.*?-->\n?/gs, '')
    .trimEnd()
    .split('\n');
  const out: string[] = [];
  let at = 0;
  while (at < lines.length) {
    const line = lines[at] ?? '';
    const end = endOfBlock(lines, at);
    if (line.startsWith('```')) out.push(...lines.slice(at + 1, end - 1).map((code) => `    ${code}`));
    else if (line.startsWith('#')) out.push(palette.title(plain(line.replace(/^#+ /, ''))));
    else if (line.startsWith('|')) out.push(...renderTable(lines.slice(at, end), room, palette));
    else if (line === '') out.push('');
    else if (!/^!\[/.test(line)) out.push(...renderText(lines.slice(at, end), room));
    at = end;
  }
  return `${out.join('\n').replace(/\n{3,}/g, '\n\n')}\n`;
}

/** Lines of one kind belong together; an item of a list is a block of its own. */
function endOfBlock(lines: readonly string[], start: number): number {
  const first = lines[start] ?? '';
  if (first.startsWith('```')) {
    const close = lines.findIndex((line, index) => index > start && line.startsWith('```'));
    return close === -1 ? lines.length : close + 1;
  }
  if (first === '' || first.startsWith('#')) return start + 1;
  const goesOn = first.startsWith('|')
    ? (line: string) => line.startsWith('|')
    : (line: string) => line !== '' && !/^(#|\||```|- |\d+\. )/.test(line);
  let end = start + 1;
  while (end < lines.length && goesOn(lines[end] ?? '')) end += 1;
  return end;
}

function renderText(lines: readonly string[], width: number): readonly string[] {
  const [, bullet = '', text = ''] =
    /^(- |\d+\. )?(.*)$/s.exec(lines.map((line) => line.trim()).join(' ')) ?? [];
  const wrapped = wrapText(plain(text), width - bullet.length);
  return wrapped.map((line, index) => (index === 0 ? bullet : ' '.repeat(bullet.length)) + line);
}

function renderTable(lines: readonly string[], width: number, palette: Palette): readonly string[] {
  const [head = [], ...rows] = lines
    .filter((line) => !/^\|[\s|:-]+\|$/.test(line))
    .map((line) => splitRow(line).map(plain));
  const natural = head.map((_, column) =>
    Math.max(...[head, ...rows].map((row) => stringWidth(row[column] ?? ''))),
  );
  const widths = shareWidth(natural, width - INDENT.length - GAP * (head.length - 1));
  const draw = (row: readonly string[]): string[] => {
    const cells = widths.map((room, column) => wrapText(row[column] ?? '', room));
    const height = Math.max(...cells.map((cell) => cell.length));
    return Array.from({ length: height }, (_, index) =>
      (
        INDENT + widths.map((room, column) => padTo(cells[column]?.[index] ?? '', room)).join(' '.repeat(GAP))
      ).trimEnd(),
    );
  };
  return [...draw(head).map(palette.faint), ...rows.flatMap(draw)];
}

/** What a table needs in all, taken from its widest column first. */
function shareWidth(natural: readonly number[], width: number): readonly number[] {
  const widths = [...natural];
  for (let excess = widths.reduce((sum, each) => sum + each, 0) - width; excess > 0; excess -= 1) {
    const widest = widths.indexOf(Math.max(...widths));
    const current = widths[widest] ?? 0;
    if (current <= LEAST_COLUMN) break;
    widths[widest] = current - 1;
  }
  return widths;
}

/** The cells of a row of a table; `\|` is no border. */
export function splitRow(line: string): readonly string[] {
  return line
    .replace(/^\||\|$/g, '')
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim().replaceAll('\\|', '|'));
}

function plain(text: string): string {
  return text
    .replace(/!?\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/\*\*([^*]+)\*\*/g, '$1')
    .replace(/`([^`]+)`/g, '$1')
    .replaceAll('&lt;', '<');
}

function padTo(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - stringWidth(text)));
}
