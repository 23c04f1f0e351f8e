import { appendAudit } from '../audit/append-audit.ts';
import type { Run } from '../audit/run.ts';
import { canonicalJson } from '../canonical-json.ts';
import type { Clock } from '../clock.ts';
import type { Database, Queries } from '../database/database.ts';
import type { ProfilesTable } from '../database/tables.ts';
import { didYouMean } from '../did-you-mean.ts';
import { ReferralError } from '../errors.ts';
import { sortKeys } from '../sort-keys.ts';
import { type ProfileDefinition, parseProfileDefinition } from './profile-definition.ts';
import { deleteProfileRow, findProfileRow, listProfileRows, upsertProfileRow } from './profile-queries.ts';

export type ProfileKind = ProfilesTable['kind'];

export interface Profile {
  readonly name: string;
  readonly kind: ProfileKind;
  /** Column → field, as `--map` takes them. */
  readonly map: Readonly<Record<string, string>>;
  /** Value → status, as `--status-map` takes them; for bookings. */
  readonly status_map: Readonly<Record<string, string>>;
  readonly updated_at: string;
  readonly updated_by: string;
}

/** Every saved profile, by name. */
export async function listProfiles(queries: Queries): Promise<Profile[]> {
  return (await listProfileRows(queries)).map(toProfile);
}

/** A profile. Throws `not_found` with the nearest name. */
export async function getProfile(queries: Queries, name: string): Promise<Profile> {
  const row = await findProfileRow(queries, name);
  if (row !== undefined) return toProfile(row);
  const names = (await listProfileRows(queries)).map((one) => one.name);
  throw new ReferralError('not_found', `There is no profile "${name}"`, {
    hint: didYouMean(name, names, 'See: referral profiles list'),
    details: { profile: name },
  });
}

/** The `column=field` texts of a profile, none without a name. Throws `not_found`, and `usage` for a profile of another kind. */
export async function findMapOfProfile(
  queries: Queries,
  kind: ProfileKind,
  name: string | undefined,
): Promise<readonly string[]> {
  if (name === undefined) return [];
  const profile = await getProfile(queries, name);
  if (profile.kind !== kind) {
    throw new ReferralError('usage', `The profile "${name}" is for ${profile.kind}, not for ${kind}`, {
      hint: 'See: referral profiles list',
    });
  }
  return Object.entries(profile.map).map(([column, field]) => `${column}=${field}`);
}

/** The texts of a profile and those of the command line, which win where both speak of a column or a field. */
export function overrideMap(fromProfile: readonly string[], given: readonly string[]): readonly string[] {
  const parts = (text: string) => [
    text.slice(0, text.lastIndexOf('=')),
    text.slice(text.lastIndexOf('=') + 1),
  ];
  const spoken = new Set(given.flatMap(parts).filter((part) => part !== ''));
  return [...fromProfile.filter((text) => !parts(text).some((part) => spoken.has(part))), ...given];
}

export interface ProfileDependencies {
  readonly clock: Clock;
  readonly run: Run;
  readonly dryRun: boolean;
}

/** Keeps a mapping under a name, in place of an older one. Throws `usage` for unknown fields and statuses. */
export async function saveProfile(
  database: Database,
  { clock, run, dryRun }: ProfileDependencies,
  { name, kind, definition }: { name: string; kind: ProfileKind; definition: ProfileDefinition },
): Promise<Profile> {
  return database.transaction(
    async (transaction) => {
      const row = {
        name,
        kind,
        definition: canonicalJson(definition),
        updated_at: clock.now(),
        updated_by: run.operator,
      };
      await upsertProfileRow(transaction, row);
      await appendAudit(transaction, clock, run, {
        action: 'profile.saved',
        subject: name,
        details: { kind },
      });
      return toProfile(row);
    },
    { rollback: dryRun },
  );
}

/** Forgets a profile. Throws `not_found`. */
export async function deleteProfile(
  database: Database,
  { clock, run, dryRun }: ProfileDependencies,
  name: string,
): Promise<Profile> {
  return database.transaction(
    async (transaction) => {
      const profile = await getProfile(transaction, name);
      await deleteProfileRow(transaction, name);
      await appendAudit(transaction, clock, run, { action: 'profile.deleted', subject: name, details: {} });
      return profile;
    },
    { rollback: dryRun },
  );
}

function toProfile({ definition, ...row }: ProfilesTable): Profile {
  const { map, status_map } = parseProfileDefinition(JSON.parse(definition));
  return { ...row, map: sortKeys(map), status_map: sortKeys(status_map) };
}
