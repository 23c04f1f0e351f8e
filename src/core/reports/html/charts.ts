import { type Html, html } from './html.ts';

/*
 * Charts as plain SVG. Sizes are shares of the space there is (percentages, or a stretched view box with strokes that
 * do not stretch) and every text is HTML beside the drawing, so that a chart fits a phone as well as a desk.
 */

export interface Bar {
  readonly label: string;
  readonly value: number;
  /** The value as people read it. */
  readonly text: string;
  /** A second figure, smaller. */
  readonly note?: string;
}

/** Horizontal bars, one a row, with their labels and values in the text. */
export function barChart(label: string, bars: readonly Bar[]): Html {
  const most = Math.max(...bars.map((bar) => bar.value)) || 1;
  const isNoted = bars.some((bar) => bar.note !== undefined);
  return html`<ol class="bars${isNoted ? '' : ' brief'}" aria-label="${label}">${bars.map(
    (bar) =>
      html`<li><span class="bar-label">${bar.label}</span>${track(bar.value / most)}<span class="bar-value">${bar.text}</span>${
        bar.note === undefined ? undefined : html`<span class="bar-note">${bar.note}</span>`
      }</li>`,
  )}</ol>`;
}

export interface Part {
  readonly label: string;
  readonly value: number;
  readonly text: string;
  /** Which of the six tones; hatched ones are those that nobody wishes for. */
  readonly tone: number;
  readonly hatched?: boolean;
}

/** One bar cut in parts, and a legend with every part, also those that are too small to be seen. */
export function stackedBar(label: string, parts: readonly Part[]): Html {
  const total = parts.reduce((sum, part) => sum + part.value, 0);
  let at = 0;
  const rects = parts.map((part) => {
    const share = total === 0 ? 0 : part.value / total;
    const left = at;
    at += share;
    if (share === 0) return undefined;
    const place = html`x="${percent(left)}" width="${percent(share)}" height="100%"`;
    return html`<g><title>${part.label}: ${part.text}</title><rect ${place} class="tone-${part.tone}"/>${
      part.hatched === true ? html`<rect ${place} fill="url(#hatch)"/>` : undefined
    }</g>`;
  });
  return html`<svg class="stack" role="img" aria-label="${label}" width="100%" height="28"><rect width="100%" height="100%" class="track"/>${rects}</svg>
<ul class="legend">${parts.map(
    (part) =>
      html`<li><span class="swatch tone-${part.tone}${part.hatched === true ? ' hatched' : ''}"></span><span class="legend-label">${part.label}</span><span class="legend-value">${part.text}</span></li>`,
  )}</ul>`;
}

export interface Columns {
  readonly label: string;
  /** What the columns are, first to last. */
  readonly names: readonly string[];
  readonly format: (value: number) => string;
  readonly columns: readonly {
    readonly title: string;
    readonly back: number;
    readonly front: number;
  }[];
}

/** Columns over time: wide ones behind, narrow ones in front. */
export function columnChart({ label, names, columns, format }: Columns): Html {
  const top = niceCeiling(Math.max(1, ...columns.flatMap(({ back, front }) => [back, front])));
  const slot = 1 / Math.max(1, columns.length);
  const drawn = columns.map(
    ({ title, back, front }, index) =>
      html`<g><title>${title}</title>${column(index * slot, slot * 0.84, back / top, 'column-back')}${column(index * slot + slot * 0.21, slot * 0.42, front / top, 'column-front')}</g>`,
  );
  return plot(
    html`<svg role="img" aria-label="${label}" width="100%" height="100%">${gridlines()}${drawn}</svg>`,
    top,
    names,
    format,
  );
}

export interface Line {
  readonly label: string;
  /** What the points are, first to last. */
  readonly names: readonly string[];
  readonly values: readonly number[];
  readonly format: (value: number) => string;
}

/** A line over time with the space below it filled. */
export function lineChart({ label, names, values, format }: Line): Html {
  const top = niceCeiling(Math.max(1, ...values));
  const shape = curve(values, top);
  const svg = html`<svg role="img" aria-label="${label}" width="100%" height="100%">${gridlines()}<svg viewBox="0 0 1000 100" preserveAspectRatio="none" width="100%" height="100%"><path class="area" d="${shape} V100 H0 Z"/><path class="line" d="${shape}" vector-effect="non-scaling-stroke"/></svg></svg>`;
  return plot(svg, top, names, format);
}

/** A small line without axes, for a card; the figures are in the card. */
export function sparkline(values: readonly number[]): Html | undefined {
  if (values.length < 3) return undefined;
  const shape = curve(values, Math.max(1, ...values));
  return html`<svg class="spark" aria-hidden="true" viewBox="0 0 1000 100" preserveAspectRatio="none"><path class="area" d="${shape} V100 H0 Z"/><path class="line" d="${shape}" vector-effect="non-scaling-stroke"/></svg>`;
}

/** The pattern of hatched parts; once in a page. */
export const HATCH = html`<svg width="0" height="0" aria-hidden="true" class="defs"><defs><pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect width="2.5" height="6" class="hatch"/></pattern></defs></svg>`;

/** The next round number whose half is round too: the top of an axis. */
export function niceCeiling(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  const step = [1, 1.2, 1.6, 2, 2.4, 3, 4, 5, 6, 8, 10].find((candidate) => candidate * power >= value) ?? 10;
  return value <= 10 ? 2 * Math.ceil(value / 2) : Math.round(step * power);
}

function plot(svg: Html, top: number, names: readonly string[], format: (value: number) => string): Html {
  // Among few points the middle of the axis is between two of them.
  const middle = names.length > 8 ? names[Math.floor((names.length - 1) / 2)] : '';
  return html`<div class="plot"><div class="axis-y" aria-hidden="true"><span>${format(top)}</span><span>${format(top / 2)}</span><span>${format(0)}</span></div><div class="canvas">${svg}</div><div class="axis-x" aria-hidden="true"><span>${names[0]}</span><span>${middle}</span><span>${names.length > 1 ? names.at(-1) : ''}</span></div></div>`;
}

function gridlines(): Html {
  return html`<g class="grid"><line x1="0" x2="100%" y1="0.5" y2="0.5"/><line x1="0" x2="100%" y1="50%" y2="50%"/></g>`;
}

function column(left: number, width: number, height: number, style: string): Html | undefined {
  if (height === 0) return undefined;
  return html`<rect class="${style}" x="${percent(left)}" width="${percent(width)}" y="${percent(1 - height)}" height="${percent(height)}"/>`;
}

function track(share: number): Html {
  return html`<svg class="bar" aria-hidden="true" width="100%" height="14"><rect width="100%" height="100%" rx="3" class="track"/>${
    share > 0
      ? html`<rect width="${percent(Math.max(share, 0.004))}" height="100%" rx="3" class="fill"/>`
      : undefined
  }</svg>`;
}

function curve(values: readonly number[], top: number): string {
  const step = 1000 / Math.max(1, values.length - 1);
  const points = values.map(
    (value, index) => `${round(index * step)} ${round(100 - (Math.max(0, value) / top) * 96)}`,
  );
  return points.length === 1 ? `M0 ${points[0]?.split(' ')[1]} H1000` : `M${points.join(' L')}`;
}

function percent(share: number): string {
  return `${round(share * 100)}%`;
}

function round(value: number): number {
  return Math.round(value * 1_000) / 1_000;
}

/** A ring that is filled by so much of a hundred, with the number in its middle. */
export function ring(label: string, score: number, text: string): Html {
  return html`<svg class="ring" role="img" aria-label="${label}: ${text}" viewBox="0 0 120 120"><circle cx="60" cy="60" r="50" class="ring-track"/><circle cx="60" cy="60" r="50" class="ring-fill" pathLength="100" stroke-dasharray="${round(score)} 100" transform="rotate(-90 60 60)"/><text x="60" y="60" text-anchor="middle" dominant-baseline="central">${text}</text></svg>`;
}
