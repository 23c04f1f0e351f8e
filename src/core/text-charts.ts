const LEVELS = '▁▂▃▄▅▆▇█';
const EIGHTHS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];

/** One character per value, from nothing (the lowest) to the largest of them all; values below nothing count as nothing. */
export function sparkline(values: readonly number[]): string {
  const most = values.reduce((largest, value) => Math.max(largest, value), 0);
  return values
    .map((value) => LEVELS[most === 0 ? 0 : Math.round((Math.max(0, value) / most) * (LEVELS.length - 1))])
    .join('');
}

/**
 * A bar of at most `width` columns, to an eighth of a column, for `value` of `most`. More than nothing is always seen, and less
 * than all never fills it.
 */
export function bar(value: number, most: number, width: number): string {
  if (!(value > 0) || !(most > 0)) return '';
  const all = width * EIGHTHS.length;
  const eighths = value >= most ? all : Math.min(all - 1, Math.max(1, Math.round((value / most) * all)));
  return '█'.repeat(Math.floor(eighths / EIGHTHS.length)) + EIGHTHS[eighths % EIGHTHS.length];
}

/** A bar in a trough, so that what is missing is seen too. */
export function gauge(value: number, most: number, width: number): string {
  const filled = bar(value, most, width);
  return filled + '░'.repeat(width - filled.length);
}
