import { parseRate } from '../campaigns/parse-rate.ts';
import type { Queries } from '../database/database.ts';
import { getSettings } from '../settings/settings.ts';
import { type DomainClasses, OTHER_CLASS } from './domain-class.ts';
import { type FrequencyCap, findFrequencyCap } from './frequency-cap.ts';
import { type WarmUp, warmUpVolume } from './warm-up.ts';

/** What operators allow everyone who sends from this database. Accounts are named by their transport. */
export interface SendingLimits {
  readonly requireApproval: boolean;
  readonly frequencyCap: FrequencyCap | undefined;
  readonly domainClasses: DomainClasses;
  /** Mails per second, by class of domains. */
  readonly domainRates: ReadonlyMap<string, number>;
  /** Mails per second, by account. */
  readonly accountRates: ReadonlyMap<string, number>;
  /** Mails per day, by account. */
  readonly accountCaps: ReadonlyMap<string, number>;
  readonly warmUps: ReadonlyMap<string, WarmUp>;
}

/** The limits as they are set now. Throws `configuration_invalid`. */
export async function loadSendingLimits(queries: Queries): Promise<SendingLimits> {
  const settings = await getSettings(queries, [
    'campaigns.require_approval',
    'campaigns.frequency_cap',
    'sending.account_daily_caps',
    'sending.account_rates',
    'sending.domain_classes',
    'sending.domain_rates',
    'sending.warm_up',
  ]);
  const cap = settings['campaigns.frequency_cap'];
  return {
    requireApproval: settings['campaigns.require_approval'],
    frequencyCap: cap === null ? undefined : findFrequencyCap(cap),
    domainClasses: settings['sending.domain_classes'],
    domainRates: ratesOf(settings['sending.domain_rates']),
    accountRates: ratesOf(settings['sending.account_rates']),
    accountCaps: new Map(Object.entries(settings['sending.account_daily_caps'])),
    warmUps: new Map(Object.entries(settings['sending.warm_up'])),
  };
}

/** How many mails an account may send on `day` (`2026-03-01`): its cap, or what its warm-up allows, whichever is less. */
export function accountVolume(limits: SendingLimits, account: string, day: string): number | undefined {
  const cap = limits.accountCaps.get(account);
  const warmUp = limits.warmUps.get(account);
  const volume = warmUp === undefined ? undefined : warmUpVolume(warmUp, day);
  return cap === undefined || volume === undefined ? (cap ?? volume) : Math.min(cap, volume);
}

/** Names of domain rates that no class has: their limit holds nobody. */
export function listUnknownClasses({ domainClasses, domainRates }: SendingLimits): string[] {
  return [...domainRates.keys()].filter(
    (name) => name !== OTHER_CLASS && !Object.hasOwn(domainClasses, name),
  );
}

function ratesOf(rates: Readonly<Record<string, string>>): ReadonlyMap<string, number> {
  return new Map(Object.entries(rates).map(([name, rate]) => [name, parseRate(rate)]));
}
