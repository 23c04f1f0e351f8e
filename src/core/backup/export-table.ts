import { didYouMean } from '../did-you-mean.ts';
import { ReferralError } from '../errors.ts';
import { ArchiveReader, DamagedChunk } from './archive-reader.ts';
import type { Unseal } from './encryption.ts';
import { type FoundBackup, readManifest } from './find-backup.ts';
import { damaged, type ManifestTable } from './manifest.ts';

export interface ExportedTable {
  readonly columns: readonly string[];
  /** In the order of the table's key; JSON documents as objects. Read as they are asked for, each chunk checked byte for byte. */
  readonly rows: AsyncIterable<Readonly<Record<string, unknown>>>;
}

/** The rows of one table of a backup. Throws `not_found`, `credential_missing`, `credential_refused`, `input_unusable`. */
export async function exportTable(
  found: FoundBackup,
  name: string,
  unseal: Unseal | undefined,
): Promise<ExportedTable> {
  const manifest = readManifest(found);
  const table = manifest.tables.find((each) => each.name === name);
  if (table === undefined) {
    const names = manifest.tables.map((each) => each.name);
    throw new ReferralError('not_found', `The backup ${found.id} has no table "${name}"`, {
      hint: didYouMean(name, names, `Its tables: ${names.join(', ')}`),
    });
  }
  const reader = await ArchiveReader.open(found.store, manifest, unseal);
  return { columns: table.columns.map((column) => column.name), rows: readRows(reader, table, found.id) };
}

async function* readRows(
  reader: ArchiveReader,
  table: ManifestTable,
  id: string,
): AsyncGenerator<Readonly<Record<string, unknown>>> {
  try {
    for await (const raw of reader.readChunks(table.chunks)) {
      for (const line of raw.toString('utf8').split('\n')) {
        if (line !== '') yield toObject(JSON.parse(line) as readonly unknown[], table);
      }
    }
  } catch (error) {
    throw error instanceof DamagedChunk ? damaged(`${error.file}: ${error.message}`, id) : error;
  }
}

function toObject(row: readonly unknown[], { columns }: ManifestTable): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    columns.map(({ name, type }, at) => {
      const value = row[at];
      return [name, type === 'json' && typeof value === 'string' ? (JSON.parse(value) as unknown) : value];
    }),
  );
}
