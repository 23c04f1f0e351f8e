import { ratio } from './metrics.ts';
import { TARGETS, type TargetMetric, type TargetName } from './program-metrics.ts';

export interface TargetFigure {
  readonly name: TargetName;
  readonly side: TargetMetric['side'];
  readonly target: number;
  readonly value: number | null;
  /** Null where there is no value. */
  readonly met: boolean | null;
}

export interface HealthPart {
  readonly name: TargetName;
  readonly weight: number;
  /** 0 to 100: how much of the target is reached. */
  readonly score: number;
}

export interface Health {
  /** 0 to 100; null where no part has a value. */
  readonly score: number | null;
  readonly parts: readonly HealthPart[];
}

/** Each value beside its target, as set or by default. */
export function compareTargets(
  values: Readonly<Record<TargetName, number | null>>,
  targets: Readonly<Record<TargetName, number>>,
): TargetFigure[] {
  return TARGETS.map(({ name, side }) => {
    const [value, target] = [values[name], targets[name]];
    const met = value === null ? null : side === 'at_least' ? value >= target : value < target;
    return { name, side, target, value, met };
  });
}

/**
 * The weighted mean of how much of each target is reached: value ÷ target for what should be large, target ÷ value for
 * what should be small, never above 100. What has no value has no part in it.
 */
export function measureHealth(figures: readonly TargetFigure[]): Health {
  const parts = figures.flatMap(({ name, side, target, value }): HealthPart[] => {
    const weight = TARGETS.find((metric) => metric.name === name)?.weight ?? 0;
    if (value === null || weight === 0) return [];
    return [{ name, weight, score: Math.round(100 * reached(value, target, side)) }];
  });
  const weights = parts.reduce((sum, { weight }) => sum + weight, 0);
  const points = parts.reduce((sum, { weight, score }) => sum + weight * score, 0);
  return { score: weights === 0 ? null : Math.round(ratio(points, weights) ?? 0), parts };
}

function reached(value: number, target: number, side: TargetMetric['side']): number {
  if (side === 'at_least') return target <= 0 ? 1 : Math.min(1, Math.max(0, value / target));
  return value <= target ? 1 : target / value;
}
