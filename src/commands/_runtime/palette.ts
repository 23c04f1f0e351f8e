import pc from 'picocolors';

export type Paint = (text: string) => string;

/** Colours by what they mean; without colours every paint leaves the text as it is. */
export interface Palette {
  readonly title: Paint;
  readonly faint: Paint;
  readonly good: Paint;
  /** Somebody should look at it, or it is under way. */
  readonly attention: Paint;
  readonly bad: Paint;
}

/** Words of a state, as they stand in cells of columns such as `status` and `consent`. The word itself is always there too. */
const GOOD = [
  ...['ok', 'done', 'sent', 'accepted', 'approved', 'active', 'available', 'claimed', 'paid', 'granted'],
  ...['finalized', 'completed', 'delivered', 'on', 'yes'],
];
const ATTENTION = [
  ...['held', 'pending', 'in_doubt', 'paused', 'submitted', 'sending', 'running', 'warn', 'partial'],
  ...['unknown', 'interrupted', 'due'],
];
const BAD = [
  ...['fail', 'failed', 'refused', 'rejected', 'reversed', 'revoked', 'expired', 'cancelled', 'withdrawn'],
  ...['suppressed', 'quarantined', 'no_show', 'refunded'],
];

const MEANINGS: ReadonlyMap<string, 'good' | 'attention' | 'bad'> = new Map([
  ...GOOD.map((word) => [word, 'good'] as const),
  ...ATTENTION.map((word) => [word, 'attention'] as const),
  ...BAD.map((word) => [word, 'bad'] as const),
]);

/** Columns whose cells are states. */
const STATE_COLUMNS: ReadonlySet<string> = new Set(['status', 'consent', 'state']);
/** Columns of counts that ought to be 0, and what more than that is. */
const COUNT_COLUMNS: ReadonlyMap<string, 'attention' | 'bad'> = new Map([
  ['refused', 'bad'],
  ['rejected', 'bad'],
  ['failed', 'bad'],
  ['in_doubt', 'attention'],
  ['held', 'attention'],
]);

export function createPalette(enabled: boolean): Palette {
  const { bold, dim, green, yellow, red } = pc.createColors(enabled);
  return { title: bold, faint: dim, good: green, attention: yellow, bad: red };
}

/** How a cell is painted: by what its state means, or by a count that ought to be 0. */
export function paintOf(key: string, value: unknown, palette: Palette): Paint | undefined {
  if (STATE_COLUMNS.has(key)) {
    const meaning = MEANINGS.get(String(value));
    return meaning === undefined ? undefined : palette[meaning];
  }
  const meaning = COUNT_COLUMNS.get(key);
  return meaning !== undefined && typeof value === 'number' && value > 0 ? palette[meaning] : undefined;
}
