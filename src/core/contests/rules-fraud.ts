import { z } from 'zod';
import { attributeName, count, positiveCount } from './rules-parts.ts';

/** What a fraud rule does with a referral that it finds. */
const action = z.enum(['hold', 'reject', 'ignore'], { error: 'must be one of hold, reject, ignore' });

export type FraudAction = z.infer<typeof action>;

const OFF = { action: 'ignore' } as const;
const ACTION_OR = 'must be hold, reject, ignore, or an object such as';

/** The attributes of a customer that make up a postal address unless the rules name others. */
const ADDRESS = ['address', 'postcode'];

const velocity = z.strictObject({
  action,
  /** The most referrals of one participant within an hour, within a day, and within a burst; 0 means no limit. */
  max_per_hour: count.default(0),
  max_per_day: count.default(0),
  max_per_burst: count.default(0),
  burst_minutes: positiveCount.max(1_440, 'must be 1440 or less').default(10),
});

const sameAddress = z.strictObject({
  action,
  /** All of them have to be there and the same. */
  attributes: z.array(attributeName).min(1, 'must name at least one attribute').default(ADDRESS),
});

const cluster = z.strictObject({
  action,
  /** So many friends of one participant may share a telephone number, a postal address or a mailbox. */
  max_size: positiveCount.default(2),
});

const publicCode = z.strictObject({
  action,
  /** The most mail domains and places of the friends of one code; 0 does not ask. Both are exceeded where both are asked. */
  max_domains: count.default(0),
  max_places: count.default(0),
  attribute: attributeName.default('city'),
});

const cancellations = z.strictObject({
  action,
  /** The most bookings with one participant's codes that are cancelled or not taken up. */
  max: count.default(3),
});

/** `"ignore"` is short for the rule with its defaults, switched off. */
function switchable<Schema extends z.ZodType>(schema: Schema, example: string) {
  const off = z.literal('ignore').transform((): z.output<Schema> => schema.parse(OFF));
  return z.union([schema, off], { error: `must be "ignore" or an object such as ${example}` }).optional();
}

export const fraudRules = z
  .strictObject({
    /** For the rules that are not named. */
    default: action.optional(),
    same_mailbox: action.optional(),
    alias: action.optional(),
    same_phone: action.optional(),
    same_address: z
      .union([action, sameAddress], { error: `${ACTION_OR} {"action": "hold", "attributes": ["street"]}` })
      .optional(),
    disposable_domain: action.optional(),
    ring: action.optional(),
    cluster: switchable(cluster, '{"action": "hold", "max_size": 2}'),
    velocity: switchable(velocity, '{"action": "hold", "max_per_hour": 10}'),
    public_code: switchable(publicCode, '{"action": "hold", "max_domains": 20}'),
    cancellations: switchable(cancellations, '{"action": "hold", "max": 3}'),
  })
  .transform(({ default: unnamed, ...named }) => ({
    same_mailbox: named.same_mailbox ?? unnamed ?? 'reject',
    alias: named.alias ?? unnamed ?? 'hold',
    same_phone: named.same_phone ?? unnamed ?? 'hold',
    // People who live together do refer each other: it is for the operator to call that fraud.
    same_address:
      typeof named.same_address === 'object'
        ? named.same_address
        : { action: named.same_address ?? unnamed ?? 'ignore', attributes: ADDRESS },
    disposable_domain: named.disposable_domain ?? unnamed ?? 'hold',
    ring: named.ring ?? unnamed ?? 'hold',
    cluster: named.cluster ?? cluster.parse(OFF),
    velocity: named.velocity ?? velocity.parse(OFF),
    public_code: named.public_code ?? publicCode.parse(OFF),
    cancellations: named.cancellations ?? cancellations.parse(OFF),
  }));
