import { nearest } from '../did-you-mean.ts';
import { ReferralError } from '../errors.ts';
import type { Distributions } from '../statistics/distributions.ts';
import type { ExperimentDesign, ExperimentMetric, ExperimentMode } from './design.ts';
import { planSize } from './plan-size.ts';

const MODES = ['fixed', 'always-valid'] as const;
const METRICS = ['clicks', 'conversions'] as const;
const KEYS = ['metric', 'baseline', 'difference', 'alpha', 'power', 'days'] as const;

// What is common for mails to customers; a wrong guess costs width, not validity.
const USUAL_RATE: Readonly<Record<ExperimentMetric, number>> = { clicks: 0.03, conversions: 0.01 };
const DEFAULT_ALPHA = 0.05;
const DEFAULT_POWER = 0.8;
const DEFAULT_DAYS = 14;
const MAX_DAYS = 365;

/** The design of campaigns that have variants or a hold-out group and say nothing about it. */
export function defaultDesign(metric: ExperimentMetric): ExperimentDesign {
  return {
    ...{ mode: 'always_valid', metric, baseline: USUAL_RATE[metric], difference: null, per_variant: null },
    ...{ alpha: DEFAULT_ALPHA, power: DEFAULT_POWER, days: DEFAULT_DAYS },
  };
}

/**
 * `fixed,metric=clicks,baseline=5%,difference=1%` → a design for so many variants, with the size that it needs. A fixed
 * horizon needs a baseline and a difference, since its size is planned before the start. Throws `usage`.
 */
export function parseDesign(text: string, variants: number, distributions: Distributions): ExperimentDesign {
  const [word = '', ...parts] = text.split(',').map((part) => part.trim());
  const mode = parseMode(word);
  const values = readParts(parts);
  const metric = parseMetric(values.get('metric') ?? 'clicks');
  const baseline = parseShare('baseline', values.get('baseline'));
  const difference = parseShare('difference', values.get('difference'));
  if (mode === 'fixed' && (baseline === undefined || difference === undefined)) {
    throw wrong('a fixed horizon needs a baseline and a difference', {
      hint: 'Say what rate you expect and what change matters: fixed,metric=clicks,baseline=5%,difference=1%',
    });
  }
  const design = {
    ...{ mode, metric, baseline: baseline ?? USUAL_RATE[metric], difference: difference ?? null },
    alpha: parseShare('alpha', values.get('alpha')) ?? DEFAULT_ALPHA,
    power: parseShare('power', values.get('power')) ?? DEFAULT_POWER,
    days: parseDays(values.get('days')),
  };
  if (design.baseline + (difference ?? 0) >= 1)
    throw wrong('baseline and difference add up to more than 100%');
  return {
    ...design,
    per_variant:
      difference === undefined ? null : planSize({ ...design, difference }, variants, distributions),
  };
}

function parseMode(word: string): ExperimentMode {
  if (word === 'fixed') return 'fixed';
  if (word === 'always-valid' || word === 'always_valid') return 'always_valid';
  throw wrong(`"${word}" is not a mode`, {
    hint: `The mode comes first, ${nearest(word, MODES) ?? 'fixed or always-valid'}: --experiment "fixed,metric=clicks,baseline=5%,difference=1%"`,
  });
}

function readParts(parts: readonly string[]): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  for (const part of parts) {
    const [, key = part, value = ''] = /^([^=]*)=(.*)$/.exec(part) ?? [];
    const name = key.trim();
    if (!KEYS.some((known) => known === name)) {
      throw wrong(`"${name}" is nothing that can be said of an experiment`, {
        hint: `It knows ${KEYS.join(', ')}${nearest(name, KEYS) === undefined ? '' : `; did you mean ${nearest(name, KEYS)}?`}`,
      });
    }
    if (values.has(name)) throw wrong(`${name} is said twice`);
    values.set(name, value.trim());
  }
  return values;
}

function parseMetric(text: string): ExperimentMetric {
  const metric = METRICS.find((known) => known === text);
  if (metric !== undefined) return metric;
  const isOpens = /^open/.test(text);
  throw wrong(`metric=${text} is not one of ${METRICS.join(', ')}`, {
    hint: isOpens
      ? 'Machines open mails, so opens say little about people: use clicks.'
      : `Write metric=${nearest(text, METRICS) ?? 'clicks'}.`,
  });
}

/** `5%` → 0.05, more than nothing and less than all; `name` is for the message. Undefined when nothing is said. */
export function parseShare(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const [, digits] = /^(\d+(?:\.\d+)?)\s*%$/.exec(text) ?? [];
  // By its decimal digits: 0.1 % is 0.001 and nothing beside it.
  const share = Number(`${digits}e-2`);
  if (digits !== undefined && share > 0 && share < 1) return share;
  throw wrong(`${name}=${text} is not a percentage between 0% and 100%`, {
    hint: `Write it like: ${name}=5%`,
  });
}

function parseDays(text: string | undefined): number {
  if (text === undefined) return DEFAULT_DAYS;
  const days = /^(\d{1,3})d?$/.exec(text)?.[1];
  if (days !== undefined && Number(days) >= 1 && Number(days) <= MAX_DAYS) return Number(days);
  throw wrong(`days=${text} is not a number of days from 1 to ${MAX_DAYS}`);
}

function wrong(message: string, { hint }: { readonly hint?: string } = {}): ReferralError {
  return new ReferralError('usage', `--experiment: ${message}`, hint === undefined ? {} : { hint });
}
