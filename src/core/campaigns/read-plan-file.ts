import { z } from 'zod';
import { ReferralError } from '../errors.ts';
import type { PlanPerson } from './plan-people.ts';
import { type JsonPiece, splitJsonDocument } from './split-json-document.ts';

/** What is compared of two plans beside their people. */
export interface PlanHead {
  readonly campaign: string;
  readonly digest: string;
  readonly audience: number;
  readonly recipients: number;
  readonly basis?: Readonly<Record<string, unknown>> | undefined;
}

const headSchema = z.looseObject({
  campaign: z.string(),
  digest: z.string().regex(/^[0-9a-f]{64}$/),
  audience: z.number(),
  recipients: z.number(),
  basis: z.record(z.string(), z.unknown()).optional(),
});

const personSchema = z.object({
  customer_id: z.string().min(1),
  variant: z.string().optional(),
  address: z.string().optional(),
  chosen_by: z.string().optional(),
  excluded: z.string().optional(),
});

export interface PlanFileReader {
  readonly people: AsyncGenerator<PlanPerson>;
  /** Known when all people were read. */
  head(): PlanHead;
}

/**
 * Reads a plan as `campaigns plan --json` has written it, its people as they come: however many they are, one is held in
 * memory. Throws `input_unusable` for what is no plan, or one without its people.
 */
export function readPlanFile(name: string, chunks: AsyncIterable<string>): PlanFileReader {
  let rest: unknown;
  let hasPeople = false;
  async function* readPeople(): AsyncGenerator<PlanPerson> {
    for await (const piece of splitJsonDocument(chunks, 'people')) {
      if (piece.kind === 'rest') {
        rest = parse(name, piece);
        hasPeople = piece.found;
      } else {
        const person = personSchema.safeParse(parse(name, piece));
        if (!person.success) throw unusable(name, 'an entry of its people is none');
        yield person.data as PlanPerson;
      }
    }
  }
  return {
    people: readPeople(),
    head() {
      const head = headSchema.safeParse(rest);
      if (!head.success) throw unusable(name, 'it is not what campaigns plan --json prints');
      if (!hasPeople) throw unusable(name, 'it has no people: it was made with --no-people');
      return head.data;
    },
  };
}

function parse(name: string, { text }: JsonPiece): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw unusable(name, 'it is not JSON, or not whole');
  }
}

function unusable(name: string, reason: string): ReferralError {
  return new ReferralError('input_unusable', `${name} is no plan to compare with`, {
    reason,
    hint: 'Keep a plan with: referral campaigns plan NAME -o plan.json',
  });
}
