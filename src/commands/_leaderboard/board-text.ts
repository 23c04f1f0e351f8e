import type { BoardFrame, WatchedStanding } from '../../core/leaderboard/watch-leaderboard.ts';
import { bar } from '../../core/text-charts.ts';
import { formatTable } from '../_runtime/format-table.ts';

const BAR_WIDTH = 16;
const WIDTH = 200;
const COLUMNS = [
  { key: 'moved', title: '' },
  { key: 'position', align: 'right' as const },
  { key: 'customer_id' },
  { key: 'name' },
  { key: 'points', align: 'right' as const },
  { key: 'bar', title: '' },
  { key: 'referrals', align: 'right' as const },
];

/** A leaderboard at one moment, for a person: who leads, by how much, and who has moved since the look before. */
export function boardText({ at, contest, participants, entries }: BoardFrame): string {
  const most = entries[0]?.points ?? 0;
  const head = `${contest}  ${at.slice(0, 19).replace('T', ' ')} UTC  ${participants.toLocaleString('en-US')} on the board`;
  if (entries.length === 0) return `${head}\nnobody has an approved referral yet`;
  const rows = entries.map((entry) => ({
    moved: movementMark(entry),
    position: entry.position,
    customer_id: entry.customer_id,
    name: [entry.first_name, entry.last_name].filter((part) => part !== null).join(' '),
    points: entry.points,
    bar: bar(entry.points, most, BAR_WIDTH),
    referrals: entry.referrals,
  }));
  return [head, ...formatTable(COLUMNS, rows, WIDTH)].join('\n');
}

function movementMark({ moved }: WatchedStanding): string {
  if (moved === null) return 'new';
  if (moved === 0) return '';
  return moved > 0 ? `▲${moved}` : `▼${-moved}`;
}
