import { readdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { createPlace, jsonOf } from '../cli.ts';

const PROJECT = resolve(import.meta.dirname, '..', '..');

/** npm as the machine has it, with the Node of the tests first, and without a question to the registry where it knows the answer. */
async function npm(folder: string, ...args: readonly string[]): Promise<string> {
  const path = `${dirname(process.execPath)}:${process.env['PATH'] ?? ''}`;
  const { stdout } = await execa('npm', [...args, '--prefer-offline', '--no-audit', '--no-fund'], {
    cwd: folder,
    env: { PATH: path, npm_config_update_notifier: 'false' },
  });
  return stdout;
}

test('the package installs in an empty folder and runs there, without tests and sources in it', async () => {
  const place = await createPlace();
  const packed = JSON.parse(
    await npm(PROJECT, 'pack', '--ignore-scripts', '--json', '--pack-destination', place.folder),
  ) as
    | { filename: string; files: { path: string }[] }[]
    | Record<string, { filename: string; files: { path: string }[] }>;
  const [pack] = Object.values(packed);
  const paths = pack?.files.map(({ path }) => path) ?? [];
  expect(paths).toEqual(
    expect.arrayContaining([
      'LICENSE',
      'README.md',
      'package.json',
      'bin/referral.js',
      'dist/src/main.js',
      'dist/migrations/0001-operations.js',
      'templates/launch.mjml',
      'fixtures/customers.csv',
      'fixtures/rules.json',
    ]),
  );
  expect(paths.filter((path) => /\.test\.|^src\/|^test\/|\.ts$|engines/.test(path))).toEqual([]);

  const folder = join(place.folder, 'empty');
  await execa('mkdir', [folder]);
  await npm(folder, 'install', '--omit=dev', join(place.folder, pack?.filename ?? ''));
  const installed = await place.shell('cd empty && ./node_modules/.bin/referral --version');
  expect(installed).toMatchObject({
    exitCode: 0,
    stderr: '',
    stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
  });
  const demo = await place.shell('cd empty && npm exec --offline referral -- quickstart --dir demo --json');
  expect(demo, demo.stderr).toMatchObject({ exitCode: 0 });
  expect(await readdir(join(folder, 'demo'))).toContain('report.html');

  // A file this large is read on another thread, whose program has to be found in the package.
  const rows = Array.from(
    { length: 50_000 },
    (_, at) => `L-${at},large${at}@mail.example.com,Jan van den Berg\n`,
  );
  await writeFile(join(folder, 'demo', 'large.csv'), `customer_id,email,name\n${rows.join('')}`);
  const large = await place.shell(
    'cd empty/demo && ../node_modules/.bin/referral customers import large.csv --json',
  );
  expect(large, large.stderr).toMatchObject({ exitCode: 0 });
  expect(jsonOf(large)).toMatchObject({ rows: 50_000, created: 50_000 });
  await rm(folder, { recursive: true, force: true });
}, 300_000);
