import { createFormat, type Format } from '../locale/create-format.ts';
import type { Locale } from '../locale/texts.ts';
import type { Standing } from '../report.ts';
import { type Html, html } from './html.ts';
import { type PageHead, page } from './page.ts';
import { section } from './section.ts';

/** The standings of a contest for everyone to see: positions, first names with an initial, points. No id, no address. */
export function formatStandingsPage(
  head: PageHead,
  standings: readonly Standing[],
  locale: Locale = 'en',
): string {
  const format = createFormat(locale);
  const { t } = format;
  const main =
    standings.length === 0
      ? html`<div class="panel"><p class="empty">${t.noStanding}</p></div>`
      : html`${podium(standings.slice(0, 3), format)}${section(t.leaderboard, t.standingsLede, list(standings, format))}`;
  return page('standings', { ...head, campaign: null }, main, format);
}

function podium(leaders: readonly Standing[], { t, count }: Format): Html {
  return html`<ol class="podium podium-${leaders.length}" aria-label="${t.leaderboardChart}">${leaders.map(
    ({ position, name, points }) =>
      html`<li class="place-${position}"><span class="medal" aria-hidden="true">${count(position)}</span><span class="hidden">${t.position} ${count(position)}: </span><span class="podium-name">${name}</span><span class="podium-points">${t.pointsOf(points, count(points))}</span></li>`,
  )}</ol>`;
}

function list(standings: readonly Standing[], { t, count }: Format): Html {
  const most = Math.max(1, ...standings.map(({ points }) => points));
  return html`<div class="panel"><div class="scroll" role="region" aria-label="${t.leaderboard}" tabindex="0"><table class="standings"><caption class="hidden">${t.leaderboard}</caption><thead><tr><th scope="col" class="number">${t.position}</th><th scope="col">${t.name}</th><th scope="col" class="number">${t.points}</th><th scope="col" class="number">${t.referrals}</th></tr></thead><tbody>${standings.map(
    ({ position, name, points, referrals }) =>
      html`<tr><td class="number">${count(position)}</td><th scope="row"><span class="who">${name}</span><svg class="bar" aria-hidden="true" width="100%" height="6"><rect width="100%" height="100%" rx="3" class="track"/><rect width="${Math.round((points / most) * 1_000) / 10}%" height="100%" rx="3" class="fill"/></svg></th><td class="number">${count(points)}</td><td class="number">${count(referrals)}</td></tr>`,
  )}</tbody></table></div></div>`;
}
