import type { BackupStore } from '../../src/core/backup/backup-store.ts';

/** A store in memory: its files can be looked at, damaged and copied. */
export interface MemoryStore {
  readonly files: Map<string, Buffer>;
  readonly store: BackupStore;
}

export function createMemoryStore(files = new Map<string, Buffer>()): MemoryStore {
  const modified = new Map<string, number>();
  return {
    files,
    store: {
      location: 'memory',
      locate: (name) => `memory/${name}`,
      async put(name, bytes) {
        files.set(name, Buffer.from(bytes));
        modified.set(name, Date.now());
      },
      read: async (name) => files.get(name),
      holds: async (name, { bytes }) => files.get(name)?.length === bytes,
      list: async (folder) =>
        [...files]
          .filter(([name]) => name.startsWith(`${folder}/`))
          .map(([name, bytes]) => ({ name, bytes: bytes.length, modified: modified.get(name) ?? 0 }))
          .sort((a, b) => (a.name < b.name ? -1 : 1)),
      async remove(names) {
        for (const name of names) files.delete(name);
      },
      sweep: () => Promise.resolve(),
    },
  };
}
