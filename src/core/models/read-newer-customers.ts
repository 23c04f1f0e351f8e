import type { Database } from '../database/database.ts';
import { ReferralError } from '../errors.ts';
import { isTargetName, listCutoffs } from '../features/targets.ts';
import type { Instant } from '../time.ts';
import { collectCustomers } from './collect-customers.ts';
import type { Model } from './model-document.ts';
import type { NewerOutcomes } from './read-outcome-file.ts';
import type { ModelVersion } from './registry.ts';
import { readColumns } from './type-columns.ts';
import { watchColumns } from './watch-columns.ts';

/**
 * Customers as they were at times after a version was trained, and what they did then. Throws `usage` for a model of a file, `state_forbids` when
 * nothing newer is known yet.
 */
export async function readNewerCustomers(
  database: Database,
  {
    version,
    model,
    now,
    onProgress,
  }: {
    readonly version: ModelVersion;
    readonly model: Model;
    readonly now: Instant;
    /** Rows that were read. */
    readonly onProgress?: ((rows: number) => void) | undefined;
  },
): Promise<NewerOutcomes> {
  const { name, source, target, created_at } = version;
  if (source === 'file' || !isTargetName(target)) {
    throw new ReferralError('usage', `The model "${name}" learned from a file, and is measured on one`, {
      hint: `Give a file of newer results: referral segments evaluate --model ${name} --from FILE`,
    });
  }
  const names = model.columns.map((column) => column.name);
  return database.snapshot(async (snapshot) => {
    const cutoffs = await listCutoffs(snapshot, target, now, created_at);
    const { columns, outcomes } = await collectCustomers(snapshot, cutoffs, names, onProgress);
    const typed = readColumns(model.columns, columns);
    const watch = watchColumns(model);
    watch.add(typed);
    return {
      columns: typed.map(({ column }) => column),
      outcomes: Float32Array.from(outcomes),
      warnings: watch.warnings(),
    };
  });
}
