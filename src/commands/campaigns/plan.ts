import { z } from 'zod';
import { diffPlans } from '../../core/campaigns/diff-plans.ts';
import { getCampaign } from '../../core/campaigns/get-campaign.ts';
import { type Plan, type PlanObserver, planCampaign } from '../../core/campaigns/plan-campaign.ts';
import { createPlanPeople, type PlanPeople } from '../../core/campaigns/plan-people.ts';
import { readPlanFile } from '../../core/campaigns/read-plan-file.ts';
import { expectMjml } from '../../core/templates/convert-mjml.ts';
import { planText } from '../_campaigns/plan-text.ts';
import { showPlanning } from '../_campaigns/show-planning.ts';
import { writeSamples } from '../_campaigns/write-samples.ts';
import { defineCommand } from '../_runtime/command.ts';
import type { Context } from '../_runtime/context.ts';
import type { Result } from '../_runtime/result.ts';

const PEOPLE = [
  { key: 'customer_id' },
  { key: 'variant' },
  { key: 'address' },
  { key: 'chosen_by' },
  { key: 'excluded' },
];
const DIFFERENCES = [
  { key: 'customer_id' },
  { key: 'change' },
  { key: 'before' },
  { key: 'now' },
  { key: 'why' },
];

export const command = defineCommand({
  name: 'campaigns plan',
  summary: 'Say exactly who would be mailed and why the others would not',
  description:
    'Reads the audience as it is now and decides about everyone in it: recipients by variant, exclusions by reason, what it takes and costs, the mails that a template is most likely to fail for, and the checks that a campaign has to pass. The digest binds a later `send --plan DIGEST` to exactly this. As JSON, or into a file, it names everyone, by customer_id and without addresses, so that `--diff` can tell later who came and who left. Without a rate the time is estimated at 1,000 mails a second.',
  arguments: [{ syntax: '<slug>', description: 'the campaign' }],
  options: [
    { flags: '--diff <file>', description: 'who came and who left since this plan was kept, and why' },
    { flags: '--samples <dir>', description: 'write the mails of extreme recipients into this folder' },
    { flags: '--no-people', description: 'leave the list of everyone out of the JSON' },
  ],
  examples: [
    { line: 'referral campaigns plan summer-launch', explains: 'who would be mailed' },
    { line: 'referral campaigns plan summer-launch -o july-plan.json', explains: 'keep the plan as a file' },
    {
      line: 'referral campaigns plan summer-launch -o before.json && referral campaigns plan summer-launch --diff before.json',
      explains: 'what has changed since',
    },
    {
      line: 'referral campaigns plan summer-launch --samples samples',
      explains: 'look at the mails that a template is most likely to fail for',
    },
    {
      line: 'referral campaigns create july --contest summer-referral --template reminder && referral campaigns plan july --json --no-people',
      explains: 'a new campaign and its plan, for a script',
    },
  ],
  exitCodes: [5, 10, 14],
  changes: false,
  input: z.object({
    slug: z.string(),
    diff: z.string().optional(),
    samples: z.string().optional(),
    people: z.boolean().default(true),
  }),
  async run(context, { slug, diff, samples, people: namesPeople }) {
    const older = diff === undefined ? undefined : await context.openInput(diff);
    const { plan, people } = await makePlan(
      context,
      slug,
      older !== undefined || (namesPeople && isJson(context)),
    );
    if (older !== undefined && people !== undefined)
      return describeDifference(diff ?? '', older, plan, people);
    const rows = await writeSamples(context, samples, plan.samples);
    const { samples: _samples, basis, checks, ...figures } = plan;
    return {
      kind: 'object',
      data: { ...figures, checks, samples: rows, basis },
      text: planText(plan, rows),
      ...(people === undefined
        ? {}
        : { rows: { key: 'people', columns: PEOPLE, list: rowsOf(people), main: false } }),
      next: checks.some(({ result }) => result === 'refused')
        ? []
        : [`referral campaigns send ${slug} --plan ${plan.digest}`],
    };
  },
});

function isJson({ globals: { format } }: Context): boolean {
  return format === 'json' || format === 'ndjson';
}

async function makePlan(
  context: Context,
  slug: string,
  namesPeople: boolean,
): Promise<{ readonly plan: Plan; readonly people: PlanPeople | undefined }> {
  const { clock } = context;
  expectMjml();
  const config = await context.config();
  return context.usingDatabase(async (database) => {
    const keyring = await context.keyring(database);
    const campaign = await getCampaign(database.queries, slug);
    const people = namesPeople ? createPlanPeople(keyring) : undefined;
    const observer: PlanObserver = people === undefined ? {} : { onPerson: people.add };
    const plan = await showPlanning(context, (planning) =>
      database.snapshot((trx) =>
        planCampaign(trx, campaign, { clock, config, keyring, ...planning }, observer),
      ),
    );
    return { plan, people };
  });
}

async function describeDifference(
  file: string,
  older: AsyncIterable<Buffer | string>,
  plan: Plan,
  people: PlanPeople,
): Promise<Result> {
  const reader = readPlanFile(file, decode(older));
  const basis = { ...plan.basis } as Readonly<Record<string, unknown>>;
  const { summary, list } = await diffPlans(reader, { ...plan, basis }, people.list());
  return {
    kind: 'object',
    data: summary,
    rows: { key: 'people', columns: DIFFERENCES, list: rowsOf({ list }), main: true },
  };
}

async function* decode(chunks: AsyncIterable<Buffer | string>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  for await (const chunk of chunks) {
    yield typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true });
  }
  yield decoder.decode();
}

function* rowsOf<T extends object>({
  list,
}: {
  readonly list: () => Generator<T>;
}): Generator<Readonly<Record<string, string | null>>> {
  for (const row of list()) yield row as unknown as Readonly<Record<string, string | null>>;
}
