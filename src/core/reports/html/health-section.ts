import { type Format, NOTHING } from '../locale/create-format.ts';
import { figureTitle } from '../locale/format-tables.ts';
import type { TargetFigure } from '../measure-health.ts';
import { RATES } from '../metrics.ts';
import type { Report } from '../report.ts';
import { badge } from './badge.ts';
import { ring } from './charts.ts';
import { type Html, html } from './html.ts';
import { section } from './section.ts';
import { table } from './tables.ts';

/** How healthy the program is, and every figure beside its target, with its part in the score. */
export function healthSection(report: Report, format: Format): Html {
  const { t } = format;
  const { score } = report.health;
  const picture =
    score === null
      ? html`<p class="empty">${t.noHealth}</p>`
      : ring(t.healthScore, score, format.count(score));
  return section(
    t.health,
    t.healthLede,
    html`<div class="health"><div class="panel health-score"><h3>${t.healthScore}</h3>${picture}<p class="remark">${t.healthNote}</p></div><div class="panel">${targetsTable(report, format)}<p class="remark">${t.intervalNote}</p></div></div>`,
  );
}

function targetsTable({ targets, intervals, health }: Report, format: Format): Html {
  const { t } = format;
  return table(
    t.targets,
    [
      { title: t.figure },
      { title: `${t.value} (${t.interval})`, number: true },
      { title: t.result },
      { title: t.target, number: true },
      { title: t.score, number: true },
      { title: t.weight, number: true },
    ],
    targets.map((figure) => {
      const { name, met, side, target, value } = figure;
      const show = (number: number | null): string =>
        isShare(figure) ? format.share(number) : format.number(number);
      const interval = RATES.some((rate) => rate.name === name)
        ? intervals[name as keyof typeof intervals]
        : null;
      const range =
        interval === null
          ? undefined
          : html`<span class="how">${show(interval[0])} – ${show(interval[1])}</span>`;
      const part = health.parts.find((one) => one.name === name);
      return [
        html`${figureTitle(name, false, format)}${name === 'open_rate' ? html` <span class="mark">${t.unreliable}</span>` : undefined}`,
        html`${show(value)}${range}`,
        badge(met, format),
        side === 'below' ? t.below(show(target)) : t.atLeast(show(target)),
        part === undefined ? NOTHING : format.count(part.score),
        part === undefined ? NOTHING : format.count(part.weight),
      ];
    }),
  );
}

function isShare({ name }: TargetFigure): boolean {
  return name !== 'viral_coefficient';
}
