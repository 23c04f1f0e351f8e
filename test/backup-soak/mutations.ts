import { existsSync } from 'node:fs';
import { type BackupStore, manifestName } from '../../src/core/backup/backup-store.ts';
import { findBackup, readManifest } from '../../src/core/backup/find-backup.ts';
import { formatManifest, type Manifest, type ManifestTable } from '../../src/core/backup/manifest.ts';
import { sha256 } from '../../src/core/canonical-json.ts';
import { insertRows } from '../../src/core/database/insert-rows.ts';
import { usingDatabase } from '../../src/core/database/open-database.ts';
import { ReferralError } from '../../src/core/errors.ts';
import { systemRandom } from '../../src/core/random.ts';
import { seeded } from '../servers/seeded.ts';
import { backUp, type CreateUrl, restoreInto } from './archive-steps.ts';
import { fillMadeUp } from './made-up-data.ts';
import { createMemoryStore } from './memory-store.ts';

export interface Mutations {
  readonly mutations: number;
  /** How many of each kind, all refused unless they are told in `wrong`. */
  readonly kinds: Readonly<Record<string, number>>;
  readonly wrong: readonly string[];
}

type Files = Map<string, Buffer>;
interface Archive {
  readonly files: Files;
  readonly id: string;
  readonly manifest: Manifest;
  /** The manifest and the chunks that it names. */
  readonly names: readonly string[];
}
/** Changes the files of an archive; the id under which it is to be found, or undefined when there was nothing to change. */
type Mutation = (archive: Archive, files: Files, below: (count: number) => number) => string | undefined;

const AT = '2026-03-01T09:00:00.000Z';

/**
 * Damages an archive in one place, restores it, and begins anew. Each must be refused, and nothing may ever be written: the database it would
 * go into is a file that must not be there in the end.
 */
export async function mutateArchives(createUrl: CreateUrl, count: number, seed: number): Promise<Mutations> {
  const random = seeded(seed);
  const below = (limit: number) => Math.floor(random() * limit);
  const archive = await makeArchive(createUrl, seed);
  const { url, drop } = await createUrl('sqlite', 'empty');
  const kinds: Record<string, number> = {};
  const wrong: string[] = [];
  const names = Object.keys(MUTATIONS);
  let done = 0;
  try {
    while (done < count) {
      const kind = names[below(names.length)] ?? '';
      const files = new Map(archive.files);
      const id = MUTATIONS[kind]?.(archive, files, below);
      if (id === undefined) continue;
      done += 1;
      kinds[kind] = (kinds[kind] ?? 0) + 1;
      const problem = await findProblem(url, id, createMemoryStore(files).store);
      if (problem !== undefined) wrong.push(`seed ${seed}, mutation ${done}, ${kind}: ${problem}`);
    }
  } finally {
    await drop();
  }
  return { mutations: done, kinds, wrong };
}

async function findProblem(url: string, id: string, store: BackupStore): Promise<string | undefined> {
  try {
    await restoreInto(url, id, store);
    return 'it was restored';
  } catch (error) {
    const code = error instanceof ReferralError ? error.code : String(error);
    if (code !== 'input_unusable' && code !== 'not_found') return `it ended with ${code}`;
  }
  const file = url.slice('sqlite:'.length);
  return [file, `${file}.restoring`].some((path) => existsSync(path)) ? 'something was written' : undefined;
}

/** An archive with tables of several chunks, and with chunks that are stored as what changed in others. */
async function makeArchive(createUrl: CreateUrl, seed: number): Promise<Archive> {
  const { url, drop } = await createUrl('sqlite', 'migrated');
  const { files, store } = createMemoryStore();
  try {
    await usingDatabase({ url }, async (database) => {
      await fillMadeUp(database, seeded(seed));
      const rows = Array.from({ length: 300 }, (_, at) => ({
        ...{
          id: 100_000 + at * 100,
          customer_id: `more-${at}`,
          consent: 'unknown' as const,
          source: 'import',
        },
        ...{ attributes: JSON.stringify({ at: sha256(String(at)) }), created_at: AT, updated_at: AT },
      }));
      await database.transaction((transaction) => insertRows(transaction, 'customers', rows));
    });
    await backUp(url, store);
    await usingDatabase({ url }, async ({ queries }) => {
      await queries
        .updateTable('customers')
        .set({ tier: 'gold' })
        .where('customer_id', '=', 'more-7')
        .execute();
    });
    const id = await backUp(url, store);
    const manifest = readManifest(await findBackup(id, store, '.', systemRandom));
    const chunks = manifest.tables.flatMap((table) => table.chunks);
    if (!chunks.some(({ base }) => base !== null)) throw new Error('no chunk is stored as a change');
    const hashes = new Set(chunks.flatMap(({ sha256, base }) => [sha256, base?.sha256 ?? sha256]));
    const names = [...files.keys()].filter(
      (name) => name === manifestName(id) || [...hashes].some((hash) => name.includes(`/${hash}`)),
    );
    return { files, id, manifest, names };
  } finally {
    await drop();
  }
}

const onFile =
  (change: (bytes: Buffer, below: (count: number) => number) => Buffer | undefined): Mutation =>
  ({ names, id }, files, below) => {
    const name = names[below(names.length)] ?? '';
    const before = files.get(name) ?? Buffer.alloc(0);
    const after = change(Buffer.from(before), below);
    if (after === undefined) files.delete(name);
    else files.set(name, after);
    return id;
  };

// The manifest is written anew with its own id, as somebody would who wants it to be taken for a backup.
const onManifest =
  (
    change: (
      table: ManifestTable,
      other: ManifestTable,
      below: (count: number) => number,
    ) => ManifestTable | undefined,
  ): Mutation =>
  ({ manifest }, files, below) => {
    const filled = manifest.tables.filter(({ chunks }) => chunks.length > 0);
    const [table, other] = [filled[below(filled.length)], filled[below(filled.length)]];
    const changed = table === undefined || other === undefined ? undefined : change(table, other, below);
    if (changed === undefined) return undefined;
    const tables = manifest.tables.map((each) => (each.name === changed.name ? changed : each));
    const { id, bytes } = formatManifest({ ...manifest, tables });
    files.set(manifestName(id), bytes);
    return id;
  };

const MUTATIONS: Readonly<Record<string, Mutation>> = {
  byte: onFile((bytes, below) => {
    const at = below(bytes.length);
    bytes[at] = (bytes[at] ?? 0) ^ (1 + below(255));
    return bytes;
  }),
  missing: onFile(() => undefined),
  truncated: onFile((bytes, below) => bytes.subarray(0, below(bytes.length))),
  longer: onFile((bytes, below) => Buffer.concat([bytes, Buffer.alloc(1 + below(100), below(256))])),
  swapped: ({ names, id }, files, below) => {
    const [one = '', two = ''] = [names[below(names.length)], names[below(names.length)]];
    const [first, second] = [files.get(one), files.get(two)];
    if (one === two || first === undefined || second === undefined) return undefined;
    files.set(one, second);
    files.set(two, first);
    return id;
  },
  duplicated: ({ names, id }, files, below) => {
    const [one = '', two = ''] = [names[below(names.length)], names[below(names.length)]];
    const bytes = files.get(two);
    if (one === two || bytes === undefined) return undefined;
    files.set(one, bytes);
    return id;
  },
  chunks_swapped: onManifest((table, _, below) => {
    const chunks = [...table.chunks];
    const at = below(chunks.length - 1);
    const [one, two] = [chunks[at], chunks[at + 1]];
    if (one === undefined || two === undefined) return undefined;
    chunks.splice(at, 2, two, one);
    return { ...table, chunks };
  }),
  chunk_duplicated: onManifest((table, _, below) => {
    const at = below(table.chunks.length);
    return { ...table, chunks: table.chunks.toSpliced(at, 0, ...table.chunks.slice(at, at + 1)) };
  }),
  chunk_dropped: onManifest((table, _, below) => ({
    ...table,
    chunks: table.chunks.toSpliced(below(table.chunks.length), 1),
  })),
  chunk_of_another: onManifest((table, other, below) => {
    if (table.name === other.name) return undefined;
    const at = below(table.chunks.length);
    return { ...table, chunks: table.chunks.toSpliced(at, 1, ...other.chunks.slice(0, 1)) };
  }),
  base_of_another: onManifest((table, other) => {
    const at = table.chunks.findIndex(({ base }) => base !== null);
    const [chunk, base] = [table.chunks[at], other.chunks[0]];
    if (chunk === undefined || base === undefined || table.name === other.name) return undefined;
    const { sha256, bytes, raw_bytes } = base;
    return { ...table, chunks: table.chunks.with(at, { ...chunk, base: { sha256, bytes, raw_bytes } }) };
  }),
};
