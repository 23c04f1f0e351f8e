import { ReferralError } from '../errors.ts';
import type { Rules } from './rules.ts';

interface UnsupportedRule {
  /** Where it stands in the document. */
  readonly path: string;
  readonly isUsed: (rules: Rules) => boolean;
}

/** Parts of the rules whose mechanism does not exist yet: they are refused when a contest is created, never ignored. */
const UNSUPPORTED_RULES: readonly UnsupportedRule[] = [];

/** Throws `input_unusable` that names the first part that could not be carried out. */
export function assertSupportedRules(rules: Rules): void {
  const refused = UNSUPPORTED_RULES.filter((rule) => rule.isUsed(rules)).map((rule) => rule.path);
  const [first] = refused;
  if (first === undefined) return;
  throw new ReferralError(
    'input_unusable',
    `The rules ask for ${first}, which this version does not do yet`,
    {
      reason: 'A rule that is not carried out would mislead the participants, so the contest is refused.',
      hint: `Take out ${refused.join(', ')} and try again.`,
      details: { unsupported: refused },
    },
  );
}
