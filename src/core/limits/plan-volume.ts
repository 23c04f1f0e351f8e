import type { Queries } from '../database/database.ts';
import { createDomainClassifier, OTHER_CLASS } from './domain-class.ts';
import { estimateSending } from './estimate-sending.ts';
import { findPlannedOften } from './find-mailed-often.ts';
import { parseSendHours } from './send-hours.ts';
import {
  accountVolume,
  listUnknownClasses,
  loadSendingLimits,
  type SendingLimits,
} from './sending-limits.ts';

/** What of a campaign bounds its sending. */
export interface LimitedCampaign {
  readonly rate_per_second: number | null;
  readonly quiet_hours: string | null;
  readonly send_window: string | null;
  readonly daily_cap: number | null;
  readonly send_at: string | null;
  readonly transport: string | null;
}

export interface PlannedClass {
  readonly name: string;
  readonly recipients: number;
  /** Mails per second; null is no limit of its own. */
  readonly rate: number | null;
  /** Null: never, under these limits. */
  readonly estimated_seconds: number | null;
}

export interface PlannedVolume {
  readonly estimated_seconds: number | null;
  readonly domain_classes: readonly PlannedClass[];
}

/** The limits as a plan sees them: whom the frequency cap leaves out, and how long the others take. */
export interface VolumePlanner {
  /** Names in `sending.domain_rates` that are no class. */
  readonly unknownClasses: readonly string[];
  /** Which of these address keys were mailed too often. */
  findMailedOften(addressKeys: readonly string[]): Promise<ReadonlySet<string>>;
  /** Call once per recipient. */
  add(addressKey: string): void;
  finish(): PlannedVolume;
}

// What a plan assumes where no rate is set.
const RATE_WITHOUT_LIMIT = 1_000;

/** `now` is in milliseconds since the epoch; `timezone` is the contest's, `dayTimezone` that of the days of caps. */
export async function openVolumePlanner(
  queries: Queries,
  campaign: LimitedCampaign,
  now: number,
  { timezone, dayTimezone }: { readonly timezone: string; readonly dayTimezone: string },
): Promise<VolumePlanner> {
  const limits = await loadSendingLimits(queries);
  const classify = createDomainClassifier(limits.domainClasses);
  const names = [...Object.keys(limits.domainClasses), OTHER_CLASS];
  const recipients = new Map<string, number>(names.map((name) => [name, 0]));
  return {
    unknownClasses: listUnknownClasses(limits),
    async findMailedOften(addressKeys) {
      if (limits.frequencyCap === undefined) return new Set();
      return findPlannedOften(queries, limits.frequencyCap, addressKeys, now, dayTimezone);
    },
    add(addressKey) {
      const name = classify(addressKey);
      recipients.set(name, (recipients.get(name) ?? 0) + 1);
    },
    finish() {
      const { seconds, secondsOf } = estimateSending({
        recipients,
        start: Math.max(now, campaign.send_at === null ? 0 : Date.parse(campaign.send_at)),
        rate: overallRate(campaign, limits),
        classRates: limits.domainRates,
        volumeOf: (day) => overallVolume(campaign, limits, day),
        hours: parseSendHours(campaign.quiet_hours, campaign.send_window),
        ...{ timezone, dayTimezone },
      });
      const domain_classes = [...recipients].map(([name, count]) => ({
        ...{ name, recipients: count, rate: limits.domainRates.get(name) ?? null },
        estimated_seconds: secondsOf.get(name) ?? null,
      }));
      return { estimated_seconds: seconds, domain_classes };
    },
  };
}

function overallRate({ rate_per_second, transport }: LimitedCampaign, limits: SendingLimits): number {
  const rates = accountsOf(transport, limits).flatMap((name) => limits.accountRates.get(name) ?? []);
  const all = rate_per_second === null ? rates : [...rates, rate_per_second];
  return all.length === 0 ? RATE_WITHOUT_LIMIT : Math.min(...all);
}

function overallVolume(
  { daily_cap, transport }: LimitedCampaign,
  limits: SendingLimits,
  day: string,
): number | undefined {
  const volumes = accountsOf(transport, limits).flatMap((name) => accountVolume(limits, name, day) ?? []);
  const all = daily_cap === null ? volumes : [...volumes, daily_cap];
  return all.length === 0 ? undefined : Math.min(...all);
}

// Before its first send a campaign has no transport yet: the strictest account counts.
function accountsOf(transport: string | null, limits: SendingLimits): readonly string[] {
  if (transport !== null) return [transport];
  return [...limits.accountRates.keys(), ...limits.accountCaps.keys(), ...limits.warmUps.keys()];
}
