import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { describeEngineUrls } from '../../../test/engines.ts';
import { writeImportFiles } from '../../../test/import-files.ts';
import {
  readContent,
  removeCustomers,
  runImport,
  runImportApart,
  soakImport,
} from '../../../test/soak-import.ts';

const SEED = Date.now() % 1_000_000;
const KILLS = 4;
// More than two megabytes, which are read on another thread.
const ROWS = 20_000;

async function createFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'referral-faults-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

// The long form of the first is `npm run soak:import`; here each engine gets a few kills on every run.
describeEngineUrls('an import', (createUrl) => {
  test(`that is killed at any moment leaves nothing or all of its file, and run again what one run leaves (seed ${SEED})`, {
    timeout: 300_000,
  }, async () => {
    const options = { url: await createUrl(), folder: await createFolder(), kills: KILLS, rows: ROWS };
    const result = await soakImport({ ...options, seed: SEED });
    expect(result).toMatchObject({ kills: KILLS, wrong: [] });
  });

  test('that runs beside another of the same or of an overlapping file waits for it', {
    timeout: 300_000,
  }, async () => {
    const url = await createUrl();
    const folder = await createFolder();
    const { first, second } = await writeImportFiles(folder, 5_000, 7);
    const importing = (file: string, name: string) => ({
      file,
      rejects: join(folder, `${name}.rejects.csv`),
    });
    const serial: string[] = [];
    for (const order of [[first], [first, second], [second, first]]) {
      await removeCustomers(url);
      for (const file of order) await runImport(url, importing(file, 'serial'));
      serial.push((await readContent(url)).customers);
    }
    for (const [files, expected] of [
      [[first, first], serial.slice(0, 1)],
      [[first, second], serial.slice(1)],
    ] as const) {
      await removeCustomers(url);
      const { imports } = await readContent(url);
      await Promise.all(files.map((file, index) => runImportApart(url, importing(file, `${index}`))));
      const content = await readContent(url);
      expect(expected).toContain(content.customers);
      expect(content.imports).toBe(imports + 2);
    }
  });
});
