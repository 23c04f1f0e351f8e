import { appendAudit } from '../audit/append-audit.ts';
import type { Run } from '../audit/run.ts';
import type { Clock } from '../clock.ts';
import type { Queries } from '../database/database.ts';
import { ReferralError } from '../errors.ts';
import { assertParticipants } from './assert-participants.ts';
import type { ContestFacts } from './contest-document.ts';
import { insertContest } from './contests-queries.ts';
import { hashRules, type Rules } from './rules.ts';

export interface CreatedContest extends ContestFacts {
  readonly status: 'draft';
  readonly rules_sha256: string;
}

/**
 * Creates a draft. Rules whose conditions are none are refused (`input_unusable`), and so is a slug that is taken
 * (`already_exists`). Run it in a transaction.
 */
export async function createContest(
  queries: Queries,
  { clock, run }: { readonly clock: Clock; readonly run: Run },
  facts: ContestFacts,
  rules: Rules,
): Promise<CreatedContest> {
  assertParticipants(rules, facts.timezone);
  const { text, sha256 } = hashRules(rules);
  const created = await insertContest(queries, {
    ...facts,
    status: 'draft',
    rules: text,
    rules_sha256: sha256,
    created_at: clock.now(),
    launched_at: null,
    ended_at: null,
    finalized_at: null,
  });
  if (!created) {
    throw new ReferralError('already_exists', `There is a contest "${facts.slug}" already`, {
      hint: `See it: referral contests show ${facts.slug}`,
      details: { contest: facts.slug },
    });
  }
  await appendAudit(queries, clock, run, {
    action: 'contest.created',
    subject: facts.slug,
    details: { starts_at: facts.starts_at, ends_at: facts.ends_at, rules_sha256: sha256 },
  });
  return { ...facts, status: 'draft', rules_sha256: sha256 };
}
