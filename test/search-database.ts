import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { sql } from 'kysely';
import type { Database } from '../src/core/database/database.ts';

/**
 * Which of these texts the database holds anywhere, whatever the case of their letters: byte by byte in the files of SQLite, the log that goes with it
 * included; in every row of every table of PostgreSQL.
 */
export async function searchDatabase(database: Database, needles: readonly string[]): Promise<string[]> {
  const content = toLower(
    database.engine === 'sqlite' ? await readFiles(database.url) : await dumpTables(database),
  );
  return needles.filter((needle) => content.includes(toLower(Buffer.from(needle).toString('latin1'))));
}

// Of ASCII alone: in a text with a character for each byte, all others are parts of letters.
function toLower(bytes: string): string {
  return bytes.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

async function readFiles(url: string): Promise<string> {
  const file = url.slice('sqlite:'.length);
  const parts = ['', '-wal', '-journal', '-shm']
    .map((ending) => file + ending)
    .filter((path) => existsSync(path));
  return (await Promise.all(parts.map((path) => readFile(path, 'latin1')))).join('\0');
}

async function dumpTables({ queries }: Database): Promise<string> {
  const tables = await sql<{ name: string }>`select table_name as name from information_schema.tables
    where table_schema = current_schema() and table_type = 'BASE TABLE'`.execute(queries);
  const texts: string[] = [];
  for (const { name } of tables.rows) {
    const { rows } = await sql<{
      row: string;
    }>`select listed::text as row from ${sql.table(name)} as listed`.execute(queries);
    texts.push(...rows.map(({ row }) => row));
  }
  return Buffer.from(texts.join('\0'), 'utf8').toString('latin1');
}
