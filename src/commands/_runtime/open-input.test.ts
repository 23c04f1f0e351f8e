import { appendFile, mkdtemp, rename, rm, truncate, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { createOpenInput, type OpenInput } from './open-input.ts';

let folder: string;
let openInput: OpenInput;
const TEXT = 'customer_id,email\n'.repeat(100_000);

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'referral-input-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  await writeFile(join(folder, 'a.csv'), TEXT);
  openInput = createOpenInput({ directory: folder, stdin: Readable.from([]), stdinIsFolder: () => false });
});

/** Reads the file to its end, and does something to it after the first piece. */
async function read(input: Readable, meanwhile: () => Promise<unknown> = async () => {}): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of input) {
    if (pieces.length === 0) await meanwhile();
    pieces.push(piece as Buffer);
  }
  return Buffer.concat(pieces).toString();
}

describe('an input file', () => {
  test('is read as it is, as often as needed', async () => {
    expect(await read(await openInput('a.csv'))).toBe(TEXT);
    expect(await read(await openInput('a.csv'))).toBe(TEXT);
  });

  test.each([
    ['grows', () => appendFile(join(folder, 'a.csv'), 'x,y\n'), 'it had 1800000 bytes and has 1800004 now'],
    ['shrinks', () => truncate(join(folder, 'a.csv'), 100_000), 'it had 1800000 bytes and has 100000 now'],
    ['is written to', () => utimes(join(folder, 'a.csv'), 1, 1), 'it was written to'],
  ])('that %s while it is read ends with an error', async (_title, change, reason) => {
    await expect(read(await openInput('a.csv'), change)).rejects.toMatchObject({
      code: 'input_unusable',
      message: 'a.csv changed while it was read',
      reason: `${reason}; nothing was taken in`,
    });
  });

  test('may be replaced while it is read, but not between two readings of one command', async () => {
    const replace = async () => {
      await writeFile(join(folder, 'b.csv'), TEXT);
      await rename(join(folder, 'b.csv'), join(folder, 'a.csv'));
    };
    expect(await read(await openInput('a.csv'), replace)).toBe(TEXT);
    await expect(read(await openInput('a.csv'))).rejects.toMatchObject({
      reason: 'another file has come in its place; nothing was taken in',
    });
  });

  test('may grow where that is expected', async () => {
    const grow = () => appendFile(join(folder, 'a.csv'), 'x,y\n');
    expect(await read(await openInput('a.csv', { mayGrow: true }), grow)).toBe(`${TEXT}x,y\n`);
  });

  test('that is a folder is refused, on standard input too', async () => {
    await expect(openInput('.')).rejects.toMatchObject({
      code: 'input_missing',
      message: '. is a folder, not a file',
    });
    const onFolder = createOpenInput({
      directory: folder,
      stdin: Readable.from([]),
      stdinIsFolder: () => true,
    });
    await expect(onFolder('-')).rejects.toMatchObject({ code: 'input_missing' });
  });
});
