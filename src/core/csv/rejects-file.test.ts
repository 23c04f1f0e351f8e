import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { createRejectsFile } from './rejects-file.ts';

const HEADER = 'line,column,reason,customer_id,email\n';
const OPTIONS = { delimiter: ',', rawHeader: 'customer_id,email' };
const reject = (line: number) => ({
  ...{ record: { line, cells: [], raw: `C-${line},nobody` }, column: 'email', reason: 'not an address' },
});
let folder: string;
let path: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'referral-rejects-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  path = join(folder, 'a.rejects.csv');
});

describe('a rejects file', () => {
  test('has its name only when it is whole, and replaces what an earlier process left unfinished', async () => {
    await writeFile(`${path}.part`, 'half a ro');
    const file = await createRejectsFile(path, OPTIONS);
    await file.write([reject(2)]);
    await file.write([reject(3)]);
    await file.finish();
    expect(await readdir(folder)).toEqual(['a.rejects.csv.part']);
    expect(await file.close()).toBe(path);
    expect(await readdir(folder)).toEqual(['a.rejects.csv']);
    expect(await readFile(path, 'utf8')).toBe(
      `${HEADER}2,email,not an address,C-2,nobody\n3,email,not an address,C-3,nobody\n`,
    );
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });

  test('is not there when nothing was refused, or when it is given up', async () => {
    const unused = await createRejectsFile(path, OPTIONS);
    await unused.finish();
    expect(await unused.close()).toBeNull();
    const given = await createRejectsFile(path, OPTIONS);
    await given.write([reject(2)]);
    await given.discard();
    expect(await readdir(folder)).toEqual([]);
  });

  test('of two that are written at once under one name is the later one, and the other is told', async () => {
    const first = await createRejectsFile(path, OPTIONS);
    await first.write([reject(2)]);
    const second = await createRejectsFile(path, OPTIONS);
    await second.write([reject(3)]);
    await expect(first.finish()).rejects.toMatchObject({ code: 'locked' });
    await first.discard();
    await second.finish();
    await second.close();
    expect(await readFile(path, 'utf8')).toBe(`${HEADER}3,email,not an address,C-3,nobody\n`);
  });

  test.each([
    ['a folder', '.', 'usage'],
    ['in no folder', 'nowhere/a.csv', 'usage'],
    ['another file', 'other.csv', 'output_exists'],
  ])('can not be %s', async (_title, name, code) => {
    await mkdir(join(folder, 'sub'));
    await writeFile(join(folder, 'other.csv'), 'customer_id,email\nC-1,a@example.com\n');
    await expect(createRejectsFile(join(folder, name), OPTIONS)).rejects.toMatchObject({ code });
  });

  test.skipIf(process.platform !== 'linux')(
    'that has no room says so, and leaves a device in its place',
    async () => {
      const file = await createRejectsFile('/dev/full', OPTIONS);
      await expect(file.write([reject(2)])).rejects.toMatchObject({
        code: 'state_forbids',
        reason: expect.stringContaining('nothing was changed'),
      });
      await file.discard();
      expect((await stat('/dev/full')).isCharacterDevice()).toBe(true);
    },
  );
});
