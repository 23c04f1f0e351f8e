import { z } from 'zod';
import { ReferralError } from '../../core/errors.ts';
import { getCustomerValues } from '../../core/templates/customer-values.ts';
import { type MessageProgram, missingVariables } from '../../core/templates/message-program.ts';
import type { FoundTemplate } from '../../core/templates/template-document.ts';
import { templateSamples } from '../../core/templates/template-samples.ts';
import type { Values } from '../../core/templates/values.ts';
import type { OptionSpec } from '../_runtime/command.ts';
import type { Context } from '../_runtime/context.ts';

/** For whom a template is filled. */
export const RECIPIENT_OPTIONS: readonly OptionSpec[] = [
  { flags: '--customer <id>', description: 'as this customer would get it (customer_id or address)' },
  { flags: '--sample', description: "with the template's sample data; needs no database" },
  {
    flags: '--contest <slug>',
    description: 'the contest it is about',
    defaultText: 'the one that the customer joined last',
  },
];

export const recipientFields = {
  customer: z.string().min(1).optional(),
  sample: z.boolean().default(false),
  contest: z.string().optional(),
};

export interface RecipientInput {
  readonly customer?: string | undefined;
  readonly sample: boolean;
  readonly contest?: string | undefined;
}

/** The values to fill a template with, as the flags say. */
export async function loadValuesFor(
  context: Context,
  template: FoundTemplate,
  program: MessageProgram,
  { customer, sample, contest }: RecipientInput,
): Promise<Values> {
  if (customer !== undefined && sample) {
    throw new ReferralError('usage', '--customer and --sample exclude each other', {
      hint: 'Use one of them.',
    });
  }
  if (customer === undefined) return templateSamples(template);
  const config = await context.config();
  const values = await context.usingDatabase(async (database) =>
    getCustomerValues(database.queries, {
      customer,
      contest,
      config,
      keyring: await context.keyring(database),
      variables: program.variables,
    }),
  );
  const missing = missingVariables(program, values);
  if (missing.length > 0) {
    context.warn(`${customer} has no value for ${missing.join(', ')}: a campaign would leave them out.`);
  }
  return values;
}
