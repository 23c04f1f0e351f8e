import { z } from 'zod';
import { ReferralError } from '../errors.ts';
import { type Instant, isTimezone, parseDuration, parseInstant, toInstant, zoneOffset } from '../time.ts';
import { describeDocumentIssues } from './describe-document-issues.ts';

const text = z.string({ error: 'must be a text' }).trim();

/** A contest as one JSON document (`contests create SLUG --from FILE`); the flags of the command go before it. */
export const contestDocumentSchema = z.strictObject({
  slug: text.optional(),
  name: text.min(1, 'must not be empty').optional(),
  benefit: text.min(1, 'must not be empty').optional(),
  description: text.optional(),
  starts_at: text.optional(),
  ends_at: text.optional(),
  duration: text.optional(),
  timezone: text.optional(),
  rules: z.unknown().optional(),
});

export type ContestDocument = z.infer<typeof contestDocumentSchema>;

/** What a new contest is, apart from its rules. */
export interface ContestFacts {
  readonly slug: string;
  readonly name: string;
  readonly benefit: string;
  readonly description: string;
  readonly timezone: string;
  readonly starts_at: Instant;
  readonly ends_at: Instant;
}

const SLUG = /^[a-z0-9]+(-[a-z0-9]+)*$/;

/** A contest document from JSON. Throws `input_unusable`. */
export function parseContestDocument(value: unknown): ContestDocument {
  const parsed = contestDocumentSchema.safeParse(value);
  if (!parsed.success) throw describeDocumentIssues(parsed.error.issues, contestDocumentSchema, 'contest');
  return parsed.data;
}

/** The facts of a contest from its document; times without a zone are in its time zone. Throws `usage`. */
export function parseContestFacts(
  slug: string,
  document: ContestDocument,
  defaults: { readonly timezone: string },
): ContestFacts {
  assertSlug(slug);
  const timezone = document.timezone ?? defaults.timezone;
  if (!isTimezone(timezone)) {
    throw new ReferralError('usage', `--timezone: "${timezone}" is not an IANA time zone`, {
      hint: 'Write it as Europe/Amsterdam or UTC.',
    });
  }
  const { name, benefit, starts_at } = document;
  if (name === undefined || benefit === undefined || starts_at === undefined) throw missing(document);
  const starts = parseInstant(starts_at, '--starts-at', timezone);
  return {
    slug,
    name,
    benefit,
    description: document.description ?? '',
    timezone,
    starts_at: starts,
    ends_at: parseEnd(document, starts, timezone),
  };
}

function assertSlug(slug: string): void {
  if (slug.length <= 64 && SLUG.test(slug)) return;
  const proposal = slug
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 64);
  throw new ReferralError('usage', `"${slug}" is not a slug`, {
    reason: 'A slug is lower-case letters, digits and single hyphens, at most 64.',
    hint: proposal === '' ? 'For example: summer-referral' : `For example: ${proposal}`,
  });
}

function missing(document: ContestDocument): ReferralError {
  const flags = { name: '--name', benefit: '--benefit', starts_at: '--starts-at' } as const;
  const absent = Object.entries(flags)
    .filter(([key]) => document[key as keyof typeof flags] === undefined)
    .map(([, flag]) => flag);
  return new ReferralError('usage', `A contest needs ${absent.join(', ')}`, {
    hint: 'See: referral contests create --help',
  });
}

function parseEnd(document: ContestDocument, starts: Instant, timezone: string): Instant {
  if (document.ends_at !== undefined && document.duration !== undefined) {
    throw new ReferralError('usage', 'A contest takes --ends-at or --duration, not both', {
      hint: 'Leave one of them out.',
    });
  }
  if (document.ends_at === undefined && document.duration === undefined) {
    throw new ReferralError('usage', 'A contest needs --ends-at or --duration', {
      hint: 'For example: --duration 30d',
    });
  }
  const ends =
    document.ends_at === undefined
      ? afterDuration(starts, document.duration ?? '', timezone)
      : parseInstant(document.ends_at, '--ends-at', timezone);
  if (ends > starts) return ends;
  throw new ReferralError('usage', 'A contest must end after it starts', {
    reason: `It would run from ${starts} until ${ends}.`,
    hint: 'Give a later --ends-at, or --duration 30d instead.',
  });
}

// Days and weeks are days on the wall of the contest's time zone: 30 days from midnight end at midnight, also when
// the clocks change in between.
function afterDuration(starts: Instant, duration: string, timezone: string): Instant {
  const milliseconds = parseDuration(duration);
  if (!/[dw]$/.test(duration.trim())) return toInstant(Date.parse(starts) + milliseconds);
  const local = Date.parse(starts) + zoneOffset(Date.parse(starts), timezone) + milliseconds;
  return parseInstant(toInstant(local).slice(0, -1), '--duration', timezone);
}
