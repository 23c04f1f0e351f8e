import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { PlanSample } from '../../core/campaigns/plan-samples.ts';
import { ReferralError } from '../../core/errors.ts';
import type { Context } from '../_runtime/context.ts';

/** A sample as a plan shows it. */
export interface SampleRow {
  readonly reason: string;
  readonly customer_id: string;
  readonly variant: string;
  readonly subject: string;
  readonly html_bytes: number;
  readonly files?: readonly string[];
}

/** Writes the HTML and the plain text of each sample into a folder, to be opened. Throws `output_exists`. */
export async function writeSamples(
  { io, globals }: Context,
  directory: string | undefined,
  samples: readonly PlanSample[],
): Promise<readonly SampleRow[]> {
  if (directory === undefined) return samples.map((sample) => describe(sample));
  const folder = resolve(io.directory, directory);
  const rows: SampleRow[] = [];
  await mkdir(folder, { recursive: true });
  for (const sample of samples) {
    const name = `${sample.reason}-${sample.variant}`.replaceAll('_', '-');
    const files = [`${name}.html`, `${name}.txt`];
    const taken = files.find((file) => existsSync(join(folder, file)));
    if (taken !== undefined && !globals.force) {
      throw new ReferralError('output_exists', `There is a file already: ${join(directory, taken)}`, {
        hint: 'Name another folder, or add --force to replace it.',
      });
    }
    const contents = [sample.html, `Subject: ${sample.subject}\n\n${sample.text}`];
    // They hold the data of real people.
    for (const [index, file] of files.entries())
      await writeFile(join(folder, file), contents[index] ?? '', { mode: 0o600 });
    rows.push({ ...describe(sample), files: files.map((file) => join(directory, file)) });
  }
  return rows;
}

function describe({ reason, customer_id, variant, subject, html }: PlanSample): SampleRow {
  return { reason, customer_id, variant, subject, html_bytes: Buffer.byteLength(html) };
}
