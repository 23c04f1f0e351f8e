import { verifyAudit } from '../audit/verify-audit.ts';
import type { Database } from '../database/database.ts';
import { ReferralError } from '../errors.ts';
import { listBrokenReferences, listFilled, listUnbalancedEntries } from './archive-queries.ts';
import type { ArchiveTable } from './archive-tables.ts';
import type { Manifest } from './manifest.ts';
import { usingRows } from './rows/using-rows.ts';
import { hashTable } from './write-table.ts';

/** What was checked in the loaded database before anything else sees it. */
export const RESTORE_CHECKS = ['rows', 'hashes', 'references', 'ledger', 'audit'] as const;

/**
 * Reads the loaded database back and compares every table with the archive, the references between rows, the ledger and
 * the audit log. `key` is that of the archive's hashes. Throws `input_unusable` with what does not hold.
 */
export async function checkRestored(
  database: Database,
  tables: readonly ArchiveTable[],
  manifest: Manifest,
  key: Uint8Array | undefined,
): Promise<void> {
  // On one thread: PostgreSQL builds indexes meanwhile, and others would take longer to start and more memory than they save time.
  const problems = await usingRows({ database, tables, key, opening: undefined }, async (rows) => {
    const { snapshot } = rows;
    const found: string[] = [];
    const filled = await listFilled(snapshot, tables);
    for (const table of tables) {
      const expected = manifest.tables.find(({ name }) => name === table.name);
      const hashed = await hashTable({
        rows,
        table,
        isEmpty: !filled.has(table.name),
        key,
      });
      if (hashed.sha256 !== expected?.sha256) {
        found.push(
          `${table.name} holds ${hashed.rows} rows that are not the ${expected?.rows ?? 0} of the archive`,
        );
      }
    }
    found.push(...(await listBrokenReferences(snapshot)));
    found.push(...(await listUnbalancedEntries(snapshot)));
    const audit = await verifyAudit(snapshot);
    found.push(...audit.problems.map(({ explanation }) => `audit log: ${explanation}`));
    return found;
  });
  if (problems.length === 0) return;
  throw new ReferralError('input_unusable', 'What was loaded from the backup does not hold together', {
    reason: problems[0] ?? '',
    hint: 'Nothing was changed. Take an earlier backup: referral backup list',
    details: { problems: problems.slice(0, 100) },
  });
}
