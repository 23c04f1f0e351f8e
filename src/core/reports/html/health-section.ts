import type { Format } from '../locale/create-format.ts';
import { figureTitle } from '../locale/format-tables.ts';
import type { TargetFigure } from '../measure-health.ts';
import { RATES } from '../metrics.ts';
import type { Report } from '../report.ts';
import { ring } from './charts.ts';
import { type Html, html } from './html.ts';
import { section } from './section.ts';
import { table } from './tables.ts';

/** How healthy the program is, of what that is made, and every figure beside its target. */
export function healthSection(report: Report, format: Format): Html {
  const { t } = format;
  const { score } = report.health;
  const picture =
    score === null
      ? html`<p class="empty">${t.noHealth}</p>`
      : ring(t.healthScore, score, format.count(score));
  const parts = table(
    t.partsOfScore,
    [{ title: t.figure }, { title: t.weight, number: true }, { title: t.score, number: true }],
    report.health.parts.map(({ name, weight, score: points }) => [
      figureTitle(name, false, format),
      format.count(weight),
      format.count(points),
    ]),
  );
  return section(
    t.health,
    t.healthLede,
    html`<div class="health"><div class="panel health-score"><h3>${t.healthScore}</h3>${picture}${score === null ? undefined : parts}</div><div class="panel">${targetsTable(report, format)}<p class="remark">${t.intervalNote}</p></div></div>`,
  );
}

function targetsTable({ targets, intervals }: Report, format: Format): Html {
  const { t } = format;
  return table(
    t.targets,
    [
      { title: t.figure },
      { title: t.value, number: true },
      { title: t.interval, number: true },
      { title: t.target, number: true },
      { title: t.result },
    ],
    targets.map((figure) => {
      const { name, met, side, target, value } = figure;
      const show = (number: number | null): string =>
        isShare(figure) ? format.share(number) : format.number(number);
      const interval = RATES.some((rate) => rate.name === name)
        ? intervals[name as keyof typeof intervals]
        : null;
      return [
        html`${figureTitle(name, false, format)}${name === 'open_rate' ? html` <span class="mark">${t.unreliable}</span>` : undefined}`,
        show(value),
        interval === null ? '–' : `${show(interval[0])} – ${show(interval[1])}`,
        side === 'below' ? t.below(show(target)) : t.atLeast(show(target)),
        result(met, format),
      ];
    }),
  );
}

// A sign and a word, so that colour alone says nothing.
function result(met: boolean | null, { t }: Format): Html {
  if (met === null) return html`–`;
  return met
    ? html`<span class="badge met"><span aria-hidden="true">✓</span> ${t.reached}</span>`
    : html`<span class="badge missed"><span aria-hidden="true">✗</span> ${t.missed}</span>`;
}

function isShare({ name }: TargetFigure): boolean {
  return name !== 'viral_coefficient';
}
