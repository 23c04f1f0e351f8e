import type { Insertable, Updateable } from 'kysely';
import type { Queries } from '../database/database.ts';
import { engineOf } from '../database/engine-of.ts';
import type { CampaignsTable } from '../database/tables.ts';
import type { ExperimentDesign } from '../experiments/design.ts';
import type { Campaign, Variant } from './campaign.ts';

const select = (queries: Queries) =>
  queries
    .selectFrom('campaigns')
    .innerJoin('contests', 'contests.id', 'campaigns.contest_id')
    .selectAll('campaigns')
    .select('contests.slug as contest');

type CampaignRow = Awaited<ReturnType<ReturnType<typeof select>['executeTakeFirstOrThrow']>>;

export async function findCampaign(queries: Queries, slug: string): Promise<Campaign | undefined> {
  const row = await select(queries).where('campaigns.slug', '=', slug).executeTakeFirst();
  return row === undefined ? undefined : readRow(row);
}

/** As `findCampaign`, and on PostgreSQL nobody else changes its state until the transaction ends. */
export async function findCampaignLocked(queries: Queries, slug: string): Promise<Campaign | undefined> {
  if (engineOf(queries) === 'postgres') {
    await queries.selectFrom('campaigns').select('id').where('slug', '=', slug).forUpdate().execute();
  }
  return findCampaign(queries, slug);
}

export async function listCampaignSlugs(queries: Queries): Promise<string[]> {
  const rows = await queries.selectFrom('campaigns').select('slug').orderBy('slug').execute();
  return rows.map((row) => row.slug);
}

export async function insertCampaign(queries: Queries, row: Insertable<CampaignsTable>): Promise<number> {
  const { id } = await queries.insertInto('campaigns').values(row).returning('id').executeTakeFirstOrThrow();
  return id;
}

export async function updateCampaign(
  queries: Queries,
  id: number,
  changes: Updateable<CampaignsTable>,
): Promise<void> {
  await queries.updateTable('campaigns').set(changes).where('id', '=', id).execute();
}

/** A campaign's template as it was saved. */
export async function findTemplateRow(
  queries: Queries,
  id: number,
): Promise<{ name: string; version: number; sha256: string; document: string } | undefined> {
  return queries
    .selectFrom('templates')
    .select(['name', 'version', 'sha256', 'document'])
    .where('id', '=', id)
    .executeTakeFirst();
}

function readRow(row: CampaignRow): Campaign {
  return {
    ...row,
    audience: JSON.parse(row.audience) as string[],
    variants: JSON.parse(row.variants) as Variant[],
    experiment: row.experiment === null ? null : (JSON.parse(row.experiment) as ExperimentDesign),
    send_best: row.send_best === 1,
  };
}

export async function findCustomerRef(queries: Queries, customerId: string): Promise<number | undefined> {
  const row = await queries
    .selectFrom('customers')
    .select('id')
    .where('customer_id', '=', customerId)
    .executeTakeFirst();
  return row?.id;
}

/** Why deliveries of a campaign were refused or are in doubt, counted. */
export async function countErrors(
  queries: Queries,
  campaignId: number,
): Promise<readonly { status: string; error: string | null; count: number }[]> {
  return queries
    .selectFrom('deliveries')
    .select(['status', 'error', ({ fn }) => fn.countAll<number>().as('count')])
    .where('campaign_id', '=', campaignId)
    .where('status', 'in', ['refused', 'in_doubt', 'skipped'])
    .groupBy(['status', 'error'])
    .orderBy('status')
    .orderBy('error')
    .execute();
}
