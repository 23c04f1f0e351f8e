import { type Format, NOTHING } from '../locale/create-format.ts';
import { ratio } from '../metrics.ts';
import type { CampaignFigures, Report } from '../report.ts';
import { barChart, type Part } from './charts.ts';
import { type Html, html } from './html.ts';
import { empty, part, partsOrEmpty, section, statusOf } from './section.ts';
import { table, tableBehind } from './tables.ts';

/** What became of the mails, and how campaigns compare. */
export function mailSection(report: Report, format: Format): Html {
  const { totals, rates, campaigns } = report;
  const { t, count, share } = format;
  if (campaigns.length === 0) return section(t.mail, '', empty(t.noCampaign));
  const outcome: Part[] = [
    part(format, t.outcomes.accepted, totals.accepted, 0),
    part(format, t.outcomes.pending, totals.pending, 4),
    part(format, t.outcomes.skipped, totals.skipped, 1),
    part(format, t.outcomes.in_doubt, totals.in_doubt, 2, true),
    part(format, t.outcomes.refused, totals.refused, 5, true),
  ];
  const shares = [
    [t.events.delivered, totals.delivered, rates.delivery_rate],
    [`${t.events.opened}*`, totals.opened, rates.open_rate],
    [t.events.clicked, totals.clicked, rates.click_rate],
    [t.events.bounced, totals.bounced, rates.bounce_rate],
    [t.events.unsubscribed, totals.unsubscribed, rates.unsubscribe_rate],
    [t.events.complained, totals.complained, rates.complaint_rate],
  ] as const;
  const bars = shares.map(([label, value, rate]) => ({
    label,
    value,
    text: count(value),
    note: share(rate),
  }));
  const number = true;
  return section(
    t.mail,
    t.mailLede(count(totals.planned), count(totals.campaigns)),
    html`<div class="pair"><div class="panel"><h3>${t.outcome}</h3>${partsOrEmpty(format, t.outcome, outcome, t.nothingSent)}</div><div class="panel"><h3>${t.reported}</h3>${barChart(t.reportedChart, bars)}<p class="remark">${t.opensNote(count(totals.opened_with_machines))}</p>${tableBehind(
      format,
      t.reported,
      [{ title: t.event }, { title: t.mails, number }, { title: t.rate, number }],
      bars.map(({ label, text, note }) => [label, text, note]),
    )}</div></div><div class="panel">${campaignTable(campaigns, report.timezone, format)}</div>${trending(report, format)}`,
  );
}

function campaignTable(campaigns: readonly CampaignFigures[], timezone: string, format: Format): Html {
  const { t, count, share } = format;
  const number = true;
  return table(
    t.campaigns,
    [
      { title: t.campaign },
      { title: t.status },
      { title: t.started },
      { title: t.funnel.planned, number },
      { title: t.outcomes.accepted, number },
      { title: t.events.delivered, number },
      { title: t.rates.click_rate, number },
      { title: t.rates.bounce_rate, number },
      { title: t.totals.converted, number },
    ],
    campaigns.map((campaign) => [
      campaign.campaign,
      statusOf(format, campaign.status),
      campaign.started_at === null ? NOTHING : format.moment(campaign.started_at, timezone),
      count(campaign.planned),
      count(campaign.accepted),
      count(campaign.delivered),
      share(ratio(campaign.clicked, campaign.delivered)),
      share(ratio(campaign.bounced, campaign.accepted)),
      count(campaign.converted),
    ]),
  );
}

function trending({ trending: campaigns }: Report, format: Format): Html | undefined {
  if (campaigns.length === 0) return undefined;
  const { t, count } = format;
  const number = true;
  const chart = barChart(
    t.trending,
    campaigns.map(({ campaign, recent, before }) => ({
      label: campaign,
      value: recent,
      text: count(recent),
      note: `${recent > before ? '▲' : recent < before ? '▼' : '='} ${count(before)}`,
    })),
  );
  return html`<div class="panel"><h3>${t.trending}</h3><p class="lede">${t.trendingLede}</p>${chart}${tableBehind(
    format,
    t.trending,
    [{ title: t.campaign }, { title: t.lastWeek, number }, { title: t.weekBefore, number }],
    campaigns.map(({ campaign, recent, before }) => [campaign, count(recent), count(before)]),
  )}</div>`;
}
