import { extname } from 'node:path';
import { type FinalResults, getFinalResults } from '../../core/contests/final-results.ts';
import type { Database } from '../../core/database/database.ts';
import { ReferralError } from '../../core/errors.ts';
import type { Context } from '../_runtime/context.ts';
import { checkOutput, fileSink } from '../_runtime/sink.ts';

/** The documents that results can be written as, by the ending of a file. */
const WRITERS: Readonly<Record<string, (results: FinalResults) => Promise<string>>> = {
  '.json': async (results) => `${JSON.stringify(withoutKeys(results), null, 2)}\n`,
  '.html': async (results) => {
    const { formatFinalResultsPage } = await import('../../core/reports/html/final-results-page.ts');
    return formatFinalResultsPage(results);
  },
};

/** Refuses files that can't be written before anything is done. Throws `usage`, `output_exists`. */
export function checkResultFiles({ globals, io }: Context, files: readonly string[]): void {
  for (const file of files) {
    if (WRITERS[extname(file)] === undefined) {
      throw new ReferralError('usage', `Results are written as .json or .html, not as ${file}`, {
        hint: 'Such as: --results results.html',
      });
    }
    checkOutput(io.directory, file, globals.force);
  }
}

/** Writes the signed-off results into files, each whole or not at all. */
export async function writeResultFiles(
  { clock, io }: Context,
  { queries }: Database,
  slug: string,
  files: readonly string[],
): Promise<void> {
  if (files.length === 0) return;
  const results = await getFinalResults(queries, slug, clock.now());
  for (const file of files) {
    const text = (await WRITERS[extname(file)]?.(results)) ?? '';
    const sink = await fileSink(io.directory, file);
    await sink.write(text);
    await sink.commit();
  }
}

/** Results as people may see them: without the keys of the database. */
export function withoutKeys({ entries, ...results }: FinalResults) {
  return { ...results, entries: entries.map(({ customer_ref: _key, ...entry }) => entry) };
}
