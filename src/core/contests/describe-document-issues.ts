import { z } from 'zod';
import { didYouMean } from '../did-you-mean.ts';
import { ReferralError } from '../errors.ts';

interface Issue {
  readonly path: string;
  readonly problem: string;
  readonly hint?: string;
}

/** One error for everything that is wrong with a document of the operator, the first thing in full. */
export function describeDocumentIssues(
  issues: readonly z.core.$ZodIssue[],
  schema: z.ZodType,
  document: 'rules' | 'contest',
): ReferralError {
  const found = issues.flatMap((issue) => describe(issue, schema, document));
  // A misspelt key is often the cause of the others.
  found.sort((a, b) => Number(b.hint !== undefined) - Number(a.hint !== undefined));
  const [first] = found;
  return new ReferralError(
    'input_unusable',
    `The ${document} document is not valid${first === undefined ? '' : `: ${first.path} ${first.problem}`}`,
    {
      reason: `Nothing was changed${found.length > 1 ? `; ${found.length} places are wrong` : ''}.`,
      hint:
        first?.hint ??
        'docs/rules.md explains every part; `referral contests show SLUG --rules` prints a valid one.',
      details: { issues: found.map(({ path, problem }) => ({ path, problem })) },
    },
  );
}

function describe(issue: z.core.$ZodIssue, schema: z.ZodType, document: string): Issue[] {
  const path = issue.path.map(String);
  if (issue.code === 'unrecognized_keys') {
    const known = [...keysAt(schema, path)];
    return issue.keys.map((key) => ({
      path: [...path, key].join('.'),
      problem: `is not a part of the ${document}`,
      hint: didYouMean(key, known, `Known here: ${known.join(', ')}.`),
    }));
  }
  return [{ path: path.join('.') || 'it', problem: problemOf(issue) }];
}

function problemOf(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_type' && issue.expected === 'object') return 'must be an object';
  if (issue.code === 'invalid_type' && issue.expected === 'array') return 'must be a list';
  if (issue.code === 'invalid_type' && issue.expected === 'record') return 'must be an object';
  if (issue.code === 'invalid_key') return 'has a key that is not an ISO 4217 currency such as "EUR"';
  return issue.message;
}

// The keys that the schema knows at a path, over all alternatives.
function keysAt(schema: unknown, path: readonly string[]): Set<string> {
  let places = unwrap(schema);
  for (const key of path) {
    places = places.flatMap((place) => {
      if (place instanceof z.ZodObject) return unwrap(place.shape[key]);
      if (place instanceof z.ZodArray) return unwrap(place.element);
      return [];
    });
  }
  return new Set(places.flatMap((place) => (place instanceof z.ZodObject ? Object.keys(place.shape) : [])));
}

function unwrap(schema: unknown): unknown[] {
  if (schema instanceof z.ZodUnion) return schema.options.flatMap(unwrap);
  if (schema instanceof z.ZodPipe) return unwrap(schema.in);
  if (
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodPrefault ||
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodNullable
  ) {
    return unwrap(schema.unwrap());
  }
  return [schema];
}
