import { daysBetween } from './local-day.ts';

/** How an account that mailbox providers do not know yet is warmed up, from a day on: volumes day by day, or growing by a factor. */
export type WarmUp =
  | { readonly starts_on: string; readonly volumes: readonly number[] }
  | {
      readonly starts_on: string;
      readonly start: number;
      readonly factor: number;
      /** How many days it takes; later ones have no limit of its own. */
      readonly days: number;
    };

/** The mails that a warm-up allows on `day` (`2026-03-01`), or undefined once it is over. Before it begins, as on its first day. */
export function warmUpVolume(warmUp: WarmUp, day: string): number | undefined {
  const index = Math.max(0, daysBetween(warmUp.starts_on, day));
  if ('volumes' in warmUp) return warmUp.volumes[index];
  return index < warmUp.days ? Math.floor(warmUp.start * warmUp.factor ** index) : undefined;
}
