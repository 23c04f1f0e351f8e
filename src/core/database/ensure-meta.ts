import type { Random } from '../random.ts';
import type { Queries } from './database.ts';
import { insertMetaOnce } from './meta-queries.ts';

/** Gives a new database what it is known by and a secret of its own, 32 random bytes each; an existing one keeps both. */
export async function ensureMeta(queries: Queries, random: Random): Promise<void> {
  await insertMetaOnce(queries, 'instance_id', Buffer.from(random.bytes(32)).toString('hex'));
  await insertMetaOnce(queries, 'generated_secret', Buffer.from(random.bytes(32)).toString('hex'));
}
