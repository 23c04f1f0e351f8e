import type { Contest } from '../contests/get-contest.ts';
import type { Queries } from '../database/database.ts';
import { chunksOf } from '../database/in-chunks.ts';
import { formatMinorUnits, formatScaledInteger } from '../money.ts';
import type { Config } from '../settings/config.ts';
import type { Keyring } from '../settings/keyring.ts';
import { createUnsubscribeToken } from '../suppressions/unsubscribe-token.ts';
import { toInstant } from '../time.ts';
import { findAsked } from './asked-segments.ts';
import { type ContestBoard, loadContestBoard } from './contest-board.ts';
import { listRecipientColumns, nameOfColumn, type RecipientColumn } from './recipient-columns.ts';
import { type LatestReward, listLatestRewards, listRecipients } from './recipient-queries.ts';
import { createSegmentLoader, type LoadSegmentValues } from './segment-values.ts';
import type { Value, Values } from './values.ts';
import { findVariable, variables } from './variables.ts';

export interface ValuesOptions {
  readonly contest: Contest;
  /** Slug of the campaign. */
  readonly campaign?: string | undefined;
  readonly config: Config;
  readonly keyring: Keyring;
  /** The variables that will be used; what the others would cost is saved. All of them when absent. */
  readonly variables?: readonly string[];
  /** What ends every unsubscribe link; each customer's own signed token when absent. */
  readonly unsubscribeToken?: string;
  /** What segments and scores are; as they are now when absent. */
  readonly segments?: LoadSegmentValues | undefined;
}

/** Loads the values of customers, by their integer key. Someone who is no customer is not in the map. */
export type LoadValues = (
  queries: Queries,
  customerRefs: readonly number[],
) => Promise<ReadonlyMap<number, Values>>;

type Row = Awaited<ReturnType<typeof listRecipients>>[number];

/** A row of `customers` with their active code; only the columns that are used need be there. */
export type Recipient = Pick<Row, 'id'> & Partial<Row>;

/** Makes values of rows that a query of its own has read. */
export interface RecipientReader {
  /** What such a query has to select beside `customers.id`. */
  readonly columns: readonly RecipientColumn[];
  /** Reads what else these recipients need, and gives what makes the values of each: whoever looks at one after the other keeps none of them. */
  read(queries: Queries, recipients: readonly Recipient[]): Promise<(recipient: Recipient) => Values>;
}

const CHUNK = 5_000;

// What filters look at to know how to write; and what other values are made of.
const ALWAYS = ['locale', 'timezone', 'contest_timezone', 'reward_currency', 'code'];

/** A loader for many batches of one campaign: the leaderboard is computed once, when the first batch needs it. */
export function createValuesLoader(options: ValuesOptions): LoadValues {
  const { columns, read } = createRecipientReader(options);
  return async (queries, customerRefs) => {
    const values: (readonly [number, Values])[] = [];
    for (const refs of chunksOf(customerRefs, CHUNK)) {
      const rows = await listRecipients(queries, options.contest.id, refs, columns);
      const valuesOf = await read(queries, rows);
      for (const row of rows) values.push([row.id, valuesOf(row)]);
    }
    return new Map(values);
  };
}

/** As `createValuesLoader`, for rows that were read already. */
export function createRecipientReader(options: ValuesOptions): RecipientReader {
  const used = new Set(options.variables ?? ['attributes', ...variables.map(({ name }) => name)]);
  const about = new Set([...used].map((name) => findVariable(name)?.about));
  const columns = listRecipientColumns(columnsFor(used));
  const names = columns.map(nameOfColumn) as (keyof Recipient)[];
  const shared = onlyUsed(sharedValues(options), used);
  const addLinks = linkAdder(options);
  const asked = findAsked(used);
  const loadSegments = asked === undefined ? undefined : (options.segments ?? createSegmentLoader(asked));
  const needsBoard = about.has('board') || about.has('standing');
  let board: Promise<ContestBoard> | undefined;

  return {
    columns,
    async read(queries, recipients) {
      const { contest, config } = options;
      if (needsBoard) board ??= loadContestBoard(queries, contest, config.locale);
      const loadedBoard = await board;
      const common = { ...shared, ...onlyUsed(loadedBoard?.values ?? {}, used) };
      const refs = recipients.map(({ id }) => id);
      const extra = {
        segments: await loadSegments?.(queries, refs),
        rewards: about.has('reward') ? await listRewards(queries, contest, refs) : undefined,
      };
      return (recipient) => {
        const own: Record<string, Value> = { ...common };
        addCustomerValues(own, recipient, names);
        addLinks(own, recipient);
        addExtra(own, recipient.id, loadedBoard, extra);
        return own;
      };
    },
  };
}

/** The values of up to a thousand or so customers at once; for many batches use `createValuesLoader`. */
export async function loadRecipientValues(
  queries: Queries,
  options: ValuesOptions & { readonly customerRefs: readonly number[] },
): Promise<ReadonlyMap<number, Values>> {
  return createValuesLoader(options)(queries, options.customerRefs);
}

/** The columns of customers and codes that these variables are made of. */
function columnsFor(used: ReadonlySet<string>): ReadonlySet<string> {
  const columns = new Set([...used, ...ALWAYS]);
  if (used.has('name')) columns.add('first_name').add('last_name');
  if ([...used].some((name) => name.startsWith('attributes.'))) columns.add('attributes');
  return columns;
}

function onlyUsed(values: Values, used: ReadonlySet<string>): Values {
  return Object.fromEntries(
    Object.entries(values).filter(([name]) => used.has(name) || ALWAYS.includes(name)),
  );
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

// Called for every recipient of every campaign: plain assignments, no objects in between.
function addCustomerValues(
  own: Record<string, Value>,
  recipient: Recipient,
  columns: readonly (keyof Recipient)[],
): void {
  const { name, first_name = null, last_name = null } = recipient;
  for (const column of columns) addColumn(own, column, recipient[column]);
  if (name === null) own['name'] = joinNames(first_name, last_name) || undefined;
}

function addColumn(
  own: Record<string, Value>,
  column: string,
  value: string | number | null | undefined,
): void {
  if (column === 'attributes') own[column] = readAttributes(String(value));
  else if (column === 'total_spend' && value !== null) own[column] = formatScaledInteger(Number(value), 2);
  // Who has no locale is written to in the installation's.
  else if (column !== 'locale' || value !== null) own[column] = value;
}

interface Extra {
  readonly segments: ReadonlyMap<number, Values> | undefined;
  readonly rewards: ReadonlyMap<number, readonly LatestReward[]> | undefined;
}

function addExtra(
  own: Record<string, Value>,
  ref: number,
  board: ContestBoard | undefined,
  { segments, rewards }: Extra,
): void {
  if (board !== undefined) Object.assign(own, standingValues(board, ref));
  if (segments !== undefined) Object.assign(own, segments.get(ref));
  if (rewards !== undefined) Object.assign(own, rewardValues(rewards.get(ref)));
}

function readAttributes(json: string): Readonly<Record<string, string>> {
  return json === '{}' ? NO_ATTRIBUTES : (JSON.parse(json) as Record<string, string>);
}

const NO_ATTRIBUTES: Readonly<Record<string, string>> = Object.freeze({});

function joinNames(first: string | null, last: string | null): string {
  return [first, last].filter((name) => name !== null && name !== '').join(' ');
}

function linkAdder({ config, keyring, unsubscribeToken }: ValuesOptions) {
  const base = config.unsubscribe.base_url.replace(/\/+$/, '');
  const pieces = config.links.referral_url.split('{code}');
  const linkOf = (token: string): string => `${base}/${token}`;
  const sameForAll = unsubscribeToken === undefined ? undefined : linkOf(unsubscribeToken);
  return (own: Record<string, Value>, { id, code }: Recipient): void => {
    own['unsubscribe_link'] = sameForAll ?? linkOf(createUnsubscribeToken(keyring, id));
    if (typeof code === 'string') own['referral_link'] = pieces.join(encodeURIComponent(code));
  };
}

function standingValues(board: ContestBoard, ref: number): Values {
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
