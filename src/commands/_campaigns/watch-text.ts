import type { WatchFrame } from '../../core/campaigns/watch-campaign.ts';
import { gauge, sparkline } from '../../core/text-charts.ts';

const BAR_WIDTH = 30;

/** A campaign at one moment, for a person: what is done, how fast (`rates` of the last looks, the newest last), and by whom. */
export function watchText(frame: WatchFrame, rates: readonly number[] = []): string {
  const { planned, pending, accepted, refused, in_doubt, skipped, senders } = frame;
  const count = (value: number): string => value.toLocaleString('en-US');
  const done = planned - pending;
  const percent = planned === 0 ? 0 : Math.floor((done * 100) / planned);
  const left = frame.seconds_left === null ? '' : `, ${timeLeft(frame.seconds_left)} left`;
  return [
    `${frame.campaign}  ${frame.status}  ${count(done)} of ${count(planned)} (${percent} %), ${frame.rate}/s${left}`,
    `${gauge(done, planned, BAR_WIDTH)}  ${rates.length < 2 ? '' : `${sparkline(rates)} mails/s`}`.trimEnd(),
    `accepted ${count(accepted)}  refused ${count(refused)}  in doubt ${count(in_doubt)}  skipped ${count(skipped)}  pending ${count(pending)}`,
    ...(senders.length === 0 ? [whoSends(frame)] : []),
    ...senders.map(
      ({ id, host, process_id, transport, accepted: own, rate }) =>
        `sender ${id}  ${host} ${process_id}  ${transport}  ${count(own)} accepted  ${rate}/s`,
    ),
  ].join('\n');
}

function whoSends({ status, campaign }: WatchFrame): string {
  return status === 'sending'
    ? `nobody is sending; go on with: referral campaigns send ${campaign} --yes`
    : 'nobody is sending';
}

function timeLeft(seconds: number): string {
  if (seconds >= 7_200) return `${Math.round(seconds / 3_600)} h`;
  return seconds >= 120 ? `${Math.round(seconds / 60)} min` : `${seconds} s`;
}
