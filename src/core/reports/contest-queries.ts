import type { Queries } from '../database/database.ts';

/** Slugs of the contests that were launched and not cancelled. */
export async function listRunningContests(queries: Queries): Promise<string[]> {
  const rows = await queries
    .selectFrom('contests')
    .select('slug')
    .where('status', 'not in', ['draft', 'cancelled'])
    .orderBy('slug')
    .execute();
  return rows.map(({ slug }) => slug);
}

/** The rules document of every contest, as stored. */
export async function listContestRules(queries: Queries): Promise<{ id: number; rules: string }[]> {
  return queries.selectFrom('contests').select(['id', 'rules']).orderBy('id').execute();
}

export interface CampaignOfContest {
  readonly id: number;
  readonly slug: string;
  readonly contest: string;
}

export async function findCampaign(queries: Queries, slug: string): Promise<CampaignOfContest | undefined> {
  return queries
    .selectFrom('campaigns')
    .innerJoin('contests', 'contests.id', 'campaigns.contest_id')
    .select(['campaigns.id', 'campaigns.slug', 'contests.slug as contest'])
    .where('campaigns.slug', '=', slug)
    .executeTakeFirst();
}

export async function listCampaignSlugs(queries: Queries): Promise<string[]> {
  const rows = await queries.selectFrom('campaigns').select('slug').orderBy('slug').execute();
  return rows.map(({ slug }) => slug);
}
