import type { CampaignState, ContestState, Status } from '../../core/status/status.ts';
import type { Palette } from '../_runtime/palette.ts';

/** Of each kind at most so many lines, so that it all stays on one screen. */
const MOST = 5;

/** The status of a database on one screen: what runs, what waits, what needs a person. */
export function statusText(status: Status, palette: Palette): string {
  const { needs } = status;
  return [
    `${palette.title(status.database)}  ${minute(status.at)} UTC`,
    '',
    ...section('Runs now', runningLines(status), palette),
    ...section('Waits', waitingLines(status), palette),
    needs.length === 0 ? palette.good('Nothing needs a person.') : palette.attention('Needs a person'),
    ...shown(
      needs.map(({ message, command }) => [`  ${message}`, `    → ${command}`].join('\n')),
      2 * MOST,
    ),
  ].join('\n');
}

function section(title: string, lines: readonly string[], palette: Palette): readonly string[] {
  return lines.length === 0 ? [] : [palette.title(title), ...shown(lines, MOST), ''];
}

function shown(lines: readonly string[], most: number): readonly string[] {
  const rest = lines.length - most;
  return rest <= 0 ? lines : [...lines.slice(0, most), `  … and ${rest} more: add --json`];
}

function runningLines({ running, campaigns }: Status): readonly string[] {
  return [
    ...campaigns
      .filter(({ sending }) => sending)
      .map(({ campaign, pending }) => `  campaign ${campaign} is being sent, ${count(pending)} to go`),
    ...running.map(
      ({ run, command, operator, host, process_id, started_at }) =>
        `  ${command}, by ${operator} on ${host} (process ${process_id}) since ${minute(started_at)}, run ${run}`,
    ),
  ];
}

function waitingLines({ campaigns, contests, payable, payable_rewards }: Status): readonly string[] {
  const sums = Object.entries(payable).map(([currency, amount]) => `${currency} ${amount}`);
  return [
    ...contests.map(contestLine),
    ...campaigns.filter(({ sending }) => !sending).map(campaignLine),
    ...(sums.length === 0
      ? []
      : [`  rewards: ${sums.join(', ')} can be paid, for ${count(payable_rewards)} rewards`]),
  ];
}

function contestLine({
  contest,
  status,
  starts_at,
  ends_at,
  pending,
  waiting,
  next_at,
}: ContestState): string {
  const parts = [
    status === 'draft' ? `begins ${minute(starts_at)}` : `ends ${minute(ends_at)}`,
    ...(pending > 0 ? [`${count(pending)} bookings not completed`] : []),
    ...(waiting > 0 && next_at !== null
      ? [`${count(waiting)} referrals held until a time, the next ${minute(next_at)}`]
      : []),
  ];
  return `  contest ${contest} is ${status}: ${parts.join(', ')}`;
}

function campaignLine({ campaign, status, pending, send_at }: CampaignState): string {
  const parts = [
    ...(send_at === null ? [] : [`from ${minute(send_at)}`]),
    ...(pending > 0 ? [`${count(pending)} mails to go`] : []),
  ];
  return `  campaign ${campaign} is ${status}${parts.length === 0 ? '' : `: ${parts.join(', ')}`}`;
}

function minute(instant: string): string {
  return instant.slice(0, 16).replace('T', ' ');
}

function count(number: number): string {
  return number.toLocaleString('en-US');
}
