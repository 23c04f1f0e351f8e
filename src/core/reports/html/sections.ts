import type { Format } from '../locale/create-format.ts';
import type { Report, RewardSums } from '../report.ts';
import { barChart, type Part } from './charts.ts';
import { type Html, html } from './html.ts';
import { part, partsOrEmpty, section } from './section.ts';
import { table, tableBehind } from './tables.ts';

// Drawn; the table behind the chart has all.
const MOST_SEGMENTS = 8;

/** From the plan of a mailing to a reward, in people. */
export function wholeFunnel({ funnel }: Report, format: Format): Html {
  const { t, count, share } = format;
  const chart = barChart(
    t.funnelChart,
    funnel.map(({ step, people, of_previous }) => ({
      label: t.funnel[step],
      value: people,
      text: count(people),
      note: of_previous === null ? '' : share(of_previous),
    })),
  );
  const behind = tableBehind(
    format,
    t.funnelTitle,
    [{ title: t.step }, { title: t.people, number: true }, { title: t.ofStepBefore, number: true }],
    funnel.map(({ step, people, of_previous }) => [t.funnel[step], count(people), share(of_previous)]),
  );
  return section(t.funnelTitle, t.funnelLede, html`<div class="panel">${chart}${behind}</div>`);
}

/** Where referrals and rewards stand. */
export function statusSection({ referrals, rewards }: Report, format: Format): Html {
  const { t } = format;
  const of = (status: string): string => t.statuses[status] ?? status;
  const referralParts: Part[] = [
    part(format, of('approved'), referrals.approved, 0),
    part(format, of('held'), referrals.held, 2),
    part(format, of('pending'), referrals.pending, 1),
    part(format, of('rejected'), referrals.rejected, 5, true),
    part(format, of('reversed'), referrals.reversed, 3, true),
    part(format, of('expired'), referrals.expired, 4, true),
  ];
  const rewardParts: Part[] = [
    part(format, of('paid'), rewards.paid.rewards, 0),
    part(format, of('claimed'), rewards.claimed.rewards, 1),
    part(format, of('available'), rewards.available.rewards, 2),
    part(format, of('held'), rewards.held.rewards, 3),
    part(format, of('expired'), rewards.expired.rewards, 4, true),
    part(format, of('reversed'), rewards.reversed.rewards, 5, true),
  ];
  return section(
    t.statusTitle,
    t.statusLede,
    html`<div class="pair"><div class="panel"><h3>${t.referralsByStatus}</h3>${partsOrEmpty(format, t.referralsByStatus, referralParts, t.noReferral)}</div><div class="panel"><h3>${t.rewardsByStatus}</h3>${partsOrEmpty(format, t.rewardsByStatus, rewardParts, t.noReward)}${rewardTable(rewards, format)}</div></div>`,
  );
}

/** The top of the leaderboard. */
export function leaderboardSection({ leaderboard }: Report, format: Format): Html | undefined {
  if (leaderboard.length === 0) return undefined;
  const { t, count } = format;
  const chart = barChart(
    t.leaderboardChart,
    leaderboard.map(({ position, name, points, referrals }) => ({
      label: `${position}. ${name}`,
      value: points,
      text: t.pointsOf(points, count(points)),
      note: t.referralsOf(referrals, count(referrals)),
    })),
  );
  const number = true;
  return section(
    t.leaderboard,
    t.leaderboardLede,
    html`<div class="panel">${chart}${tableBehind(
      format,
      t.leaderboard,
      [
        { title: t.position },
        { title: t.name },
        { title: t.points, number },
        { title: t.referrals, number },
        { title: t.counted, number },
        { title: t.qualified },
      ],
      leaderboard.map((entry) => [
        String(entry.position),
        entry.name,
        count(entry.points),
        count(entry.referrals),
        count(entry.counted),
        entry.qualified ? t.yes : t.no,
      ]),
    )}</div>`,
  );
}

/** Consent and segments. */
export function peopleSection({ consent, segments, totals }: Report, format: Format): Html {
  const { t, count } = format;
  const parts: Part[] = [
    part(format, t.consents.granted, consent.granted, 0),
    part(format, t.consents.unknown, consent.unknown, 4),
    part(format, t.consents.withdrawn, consent.withdrawn, 5, true),
  ];
  const entries = Object.entries(segments).sort(([a, left], [b, right]) => right - left || (a < b ? -1 : 1));
  const bars = entries.map(([name, members]) => ({
    label: name.replaceAll('_', ' '),
    value: members,
    text: count(members),
  }));
  const segmentsPanel =
    bars.length === 0
      ? html`<p class="empty">${t.noSegment}</p>`
      : html`${barChart(t.segments, bars.slice(0, MOST_SEGMENTS))}${
          bars.length > MOST_SEGMENTS
            ? html`<p class="remark">${t.largestDrawn(format.count(MOST_SEGMENTS))}</p>`
            : undefined
        }${tableBehind(
          format,
          t.segments,
          [{ title: t.segment }, { title: t.members, number: true }],
          bars.map((bar) => [bar.label, bar.text]),
        )}`;
  return section(
    t.customers,
    t.customersLede(count(totals.customers), count(totals.suppressions)),
    html`<div class="pair"><div class="panel"><h3>${t.consent}</h3>${partsOrEmpty(format, t.consent, parts, t.noCustomer)}</div><div class="panel"><h3>${t.segments}</h3>${segmentsPanel}</div></div>`,
  );
}

function rewardTable(rewards: Report['rewards'], format: Format): Html | undefined {
  const { t, count } = format;
  const rows = Object.entries(rewards).filter(([, sums]: [string, RewardSums]) => sums.rewards > 0);
  if (rows.length === 0) return undefined;
  const number = true;
  return table(
    t.worth,
    [
      { title: t.status },
      { title: t.amount, number },
      { title: t.freeDays, number },
      { title: t.badges, number },
    ],
    rows.map(([status, sums]) => [
      t.statuses[status] ?? status,
      format.sums(sums.amounts),
      count(sums.free_days),
      count(sums.badges),
    ]),
  );
}
