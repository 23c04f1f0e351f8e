import { expect, it } from 'vitest';
import type { Migration } from '../database/migration.ts';
import { MIGRATIONS } from '../database/migrations-list.ts';
import { listArchiveTables } from './archive-tables.ts';

const columnsOf = (migrations: readonly Migration[], table: string) =>
  listArchiveTables(migrations)
    .find(({ name }) => name === table)
    ?.columns.map(({ name, type }) => `${name} ${type}`);

it('reads a column that a later migration adds, in the tables of that migration and of no earlier one', () => {
  const before = MIGRATIONS.filter(({ name }) => name < '0007');
  expect(columnsOf(before, 'deliveries')).not.toContain('domain_class text');
  expect(columnsOf(before, 'deliveries')?.at(-1)).toBe('attempts integer');
  const after = MIGRATIONS.filter(({ name }) => name <= '0007-limits');
  expect(columnsOf(after, 'deliveries')?.at(-1)).toBe('domain_class text');
  expect(columnsOf(after, 'campaigns')?.slice(-2)).toEqual(['daily_cap integer', 'send_window text']);
  expect(listArchiveTables(after).map(({ name }) => name)).toEqual(
    listArchiveTables(before).map(({ name }) => name),
  );
});

it.each(['alter table codes rename to words', 'drop table codes', 'alter table codes drop column status'])(
  'refuses a change of a table that it can not read: %s',
  (statement) => {
    const odd: Migration = { name: '9999-odd', up: () => [statement], down: () => [] };
    expect(() => listArchiveTables([...MIGRATIONS, odd])).toThrow(/has to learn/);
  },
);
