import type { Contest } from '../contests/get-contest.ts';
import type { Queries } from '../database/database.ts';
import { chunksOf } from '../database/in-chunks.ts';
import { formatMinorUnits, formatScaledInteger } from '../money.ts';
import type { Config } from '../settings/config.ts';
import type { Keyring } from '../settings/keyring.ts';
import { createUnsubscribeToken } from '../suppressions/unsubscribe-token.ts';
import { toInstant } from '../time.ts';
import { type ContestBoard, loadContestBoard } from './contest-board.ts';
import { type LatestReward, listLatestRewards, listRecipients, listSegmentsOf } from './recipient-queries.ts';
import type { Values } from './values.ts';
import { findVariable, variables } from './variables.ts';

export interface ValuesOptions {
  readonly contest: Contest;
  /** Slug of the campaign. */
  readonly campaign?: string | undefined;
  readonly config: Config;
  readonly keyring: Keyring;
  /** The variables that will be used; what the others would cost is saved. All of them when absent. */
  readonly variables?: readonly string[];
}

/** Loads the values of customers, by their integer key. Someone who is no customer is not in the map. */
export type LoadValues = (
  queries: Queries,
  customerRefs: readonly number[],
) => Promise<ReadonlyMap<number, Values>>;

type Recipient = Awaited<ReturnType<typeof listRecipients>>[number];

const CHUNK = 1_000;

/** A loader for many batches of one campaign: the leaderboard is computed once, when the first batch needs it. */
export function createValuesLoader(options: ValuesOptions): LoadValues {
  const used = new Set(options.variables ?? variables.map(({ name }) => name));
  const about = new Set([...used].map((name) => findVariable(name)?.about));
  const shared = sharedValues(options);
  let board: Promise<ContestBoard> | undefined;

  return async (queries, customerRefs) => {
    const { contest, config } = options;
    if (about.has('board') || about.has('standing'))
      board ??= loadContestBoard(queries, contest, config.locale);
    const loadedBoard = await board;
    const values = new Map<number, Values>();
    for (const refs of chunksOf(customerRefs, CHUNK)) {
      const segments = used.has('segment') ? await listSegmentsOf(queries, refs) : undefined;
      const rewards = about.has('reward') ? await listRewards(queries, contest, refs) : undefined;
      for (const recipient of await listRecipients(queries, contest.id, refs)) {
        const { id } = recipient;
        values.set(id, {
          ...shared,
          ...loadedBoard?.values,
          ...standingValues(loadedBoard, id),
          ...customerValues(recipient),
          ...linkValues(recipient, options),
          segment: segments?.get(id),
          ...rewardValues(rewards?.get(id)),
        });
      }
    }
    return values;
  };
}

/** The values of up to a thousand or so customers at once; for many batches use `createValuesLoader`. */
export async function loadRecipientValues(
  queries: Queries,
  options: ValuesOptions & { readonly customerRefs: readonly number[] },
): Promise<ReadonlyMap<number, Values>> {
  return createValuesLoader(options)(queries, options.customerRefs);
}

function sharedValues({ contest, campaign, config }: ValuesOptions): Values {
  return {
    campaign,
    contest: contest.slug,
    contest_name: contest.name,
    contest_description: contest.description,
    contest_timezone: contest.timezone,
    benefit: contest.benefit,
    starts_at: contest.starts_at,
    ends_at: contest.ends_at,
    // A contest that ends at midnight has the day before as its last one.
    last_day: toInstant(Date.parse(contest.ends_at) - 1),
    locale: config.locale,
    organisation: config.mail.organisation,
    postal_address: config.mail.postal_address,
  };
}

function customerValues({
  id: _id,
  code: _code,
  locale,
  attributes,
  total_spend,
  ...fields
}: Recipient): Values {
  return {
    ...fields,
    ...(locale === null ? {} : { locale }),
    name: fields.name ?? (joinNames(fields.first_name, fields.last_name) || undefined),
    total_spend: total_spend === null ? undefined : formatScaledInteger(total_spend, 2),
    attributes: JSON.parse(attributes) as Record<string, string>,
  };
}

function joinNames(first: string | null, last: string | null): string {
  return [first, last].filter((name) => name !== null && name !== '').join(' ');
}

function linkValues({ id, code }: Recipient, { config, keyring }: ValuesOptions): Values {
  const token = createUnsubscribeToken(keyring, id);
  const unsubscribe_link = `${config.unsubscribe.base_url.replace(/\/+$/, '')}/${token}`;
  if (code === null) return { unsubscribe_link };
  const referral_link = config.links.referral_url.replaceAll('{code}', encodeURIComponent(code));
  return { code, referral_link, unsubscribe_link };
}

function standingValues(board: ContestBoard | undefined, ref: number): Values {
  if (board === undefined) return {};
  const entry = board.entries.get(ref);
  return {
    participants: board.participants,
    position: entry?.position,
    points: entry?.points ?? 0,
    referrals: entry?.referrals ?? 0,
  };
}

async function listRewards(
  queries: Queries,
  contest: Contest,
  refs: readonly number[],
): Promise<ReadonlyMap<number, readonly LatestReward[]>> {
  const rewards = await listLatestRewards(queries, contest.id, refs);
  return Map.groupBy(rewards, (reward) => reward.customer_ref);
}

function rewardValues(rewards: readonly LatestReward[] = []): Values {
  const badge = rewards.find((reward) => reward.type === 'badge');
  const latest = rewards.find((reward) => reward.type !== 'badge') ?? badge;
  if (latest === undefined) return {};
  const { amount_minor, currency } = latest;
  return {
    reward_type: latest.type,
    reward_amount:
      amount_minor === null || currency === null ? undefined : formatMinorUnits(amount_minor, currency),
    reward_currency: currency,
    reward_days: latest.days,
    reward_points: latest.points,
    reward_status: latest.status,
    reward_due_at: latest.due_at,
    badge: badge?.badge,
    friend_first_name: latest.friend_first_name,
  };
}
