import { formatCsvRow } from '../../core/csv/format-csv.ts';
import type { Format } from './context.ts';
import { cellText, plainLines, plainText } from './plain-text.ts';
import type { LiveResult, Row } from './result.ts';
import type { Sink } from './sink.ts';

export interface LiveOptions {
  readonly format: Format | undefined;
  /** Can what was printed before be written over? */
  readonly inPlace: boolean;
  readonly width: number;
  /** Rows of the terminal: what has left it at the top can't be written over. */
  readonly height: number;
}

/** Prints each frame as soon as it is there: in place on a terminal, a line each elsewhere. */
export async function printLive(
  { columns, frames, text }: LiveResult,
  sink: Sink,
  { format, inPlace, width, height }: LiveOptions,
): Promise<void> {
  const keys = columns.map((column) => column.key);
  const { shorten } = await import('./format-table.ts');
  if (format === 'csv') await sink.write(formatCsvRow(keys));
  let shown = 0;
  for await (const frame of frames) {
    if (inPlace && (format === undefined || format === 'table')) {
      const lines = plainLines(text(frame))
        .split('\n')
        .slice(0, Math.max(1, height - 1))
        .map((line) => shorten(line, Math.max(1, width - 1)));
      // Up to where the last frame began, and away with it.
      const back = shown === 0 ? '' : `\u001b[${shown}A\u001b[0J`;
      shown = lines.length;
      if (!(await sink.write(`${back}${lines.join('\n')}\n`))) return;
    } else if (!(await sink.write(lineOf(frame, keys, format)))) return;
  }
}

function lineOf(frame: Row, keys: readonly string[], format: Format | undefined): string {
  if (format === 'json' || format === 'ndjson') return `${JSON.stringify(frame)}\n`;
  if (format === 'csv') return formatCsvRow(keys.map((key) => cellText(frame[key])));
  return `${keys.map((key) => plainText(frame[key])).join('\t')}\n`;
}
