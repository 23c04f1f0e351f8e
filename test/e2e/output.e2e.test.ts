import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createPlace, errorOf, jsonOf, type Place } from '../cli.ts';

const CUSTOMERS = 3_000;

/** A migrated place with enough customers for a list that no pipe holds at once. */
async function createFullPlace(): Promise<Place> {
  const place = await createPlace();
  const rows = Array.from(
    { length: CUSTOMERS },
    (_, index) => `X-${index},x${index}@example.com,Ann ${index}`,
  );
  await writeFile(join(place.folder, 'customers.csv'), `customer_id,email,name\n${rows.join('\n')}\n`);
  expect((await place.run('migrate')).exitCode).toBe(0);
  expect((await place.run('customers import customers.csv')).exitCode).toBe(0);
  return place;
}

describe('a list', () => {
  test('reaches a pipe whole, in every format, and nothing else does', async () => {
    const place = await createFullPlace();
    const [json, ndjson, csv, plain] = await Promise.all(
      ['--json', '--format ndjson', '--format csv', ''].map((format) =>
        place.shell(`referral customers list ${format} | cat`),
      ),
    );
    expect(JSON.parse(json?.stdout ?? '')).toHaveLength(CUSTOMERS);
    expect(json?.stdout.length).toBeGreaterThan(65_536);
    const lines = (ndjson?.stdout ?? '').trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line) as unknown)).toHaveLength(CUSTOMERS);
    expect(csv?.stdout.trimEnd().split(/\r?\n/)).toHaveLength(CUSTOMERS + 1);
    expect(plain?.stdout.trimEnd().split('\n')).toHaveLength(CUSTOMERS);
    expect(plain?.stdout.split('\n')[0]).toContain('\t');
    for (const outcome of [json, ndjson, csv, plain]) expect(outcome?.stderr).toBe('');
  });

  test('ends quietly and well when nobody reads on', async () => {
    const place = await createFullPlace();
    for (const format of ['--json', '--format ndjson', '--format csv', '']) {
      // The exit code of the program itself, not of `head`.
      const line = `(referral customers list ${format}; echo $? > code) | head -n 1 | wc -l`;
      expect(await place.shell(line)).toMatchObject({ stdout: expect.stringMatching(/1\n/), stderr: '' });
      expect(await readFile(join(place.folder, 'code'), 'utf8')).toBe('0\n');
    }
  });

  test('is a table with titles on a terminal, and rows without titles in a pipe', async () => {
    const place = await createPlace();
    const onTerminal = await place.terminal('referral config show --color never');
    const inPipe = await place.run('config show');
    expect(onTerminal.stdout).toMatch(/^key +value/);
    expect(inPipe.stdout).not.toMatch(/^key/);
    expect(inPipe.stdout).toMatch(/^database\.url\t/m);
  });

  test('of nothing is an empty JSON array and no line', async () => {
    const place = await createPlace();
    await place.run('migrate');
    expect((await place.run('contests list --json')).stdout).toBe('[]\n');
    expect((await place.run('contests list')).stdout).toBe('');
  });
});

describe('colours', () => {
  const ESCAPE = '\u001b[';

  test('are used on a terminal and never in a pipe', async () => {
    const place = await createPlace();
    expect((await place.terminal('referral config show')).stdout).toContain(ESCAPE);
    expect((await place.run('config show')).stdout).not.toContain(ESCAPE);
    expect((await place.run('config show --format table')).stdout).not.toContain(ESCAPE);
  });

  test('obey NO_COLOR, TERM=dumb and --color', async () => {
    const place = await createPlace();
    const onTerminal = async (line: string, env: Record<string, string> = {}): Promise<boolean> =>
      (await place.terminal(line, { env })).stdout.includes(ESCAPE);
    expect(await onTerminal('referral config show', { NO_COLOR: '1' })).toBe(false);
    expect(await onTerminal('referral config show', { TERM: 'dumb' })).toBe(false);
    expect(await onTerminal('referral config show --color never')).toBe(false);
    expect(await onTerminal('referral config show --color always', { NO_COLOR: '1' })).toBe(true);
    expect((await place.run('config show --format table --color always')).stdout).toContain(ESCAPE);
  });
});

describe('--output', () => {
  test('writes the result into a file and nothing to stdout', async () => {
    const place = await createPlace();
    expect(await place.run('config show --json -o out.json')).toMatchObject({ exitCode: 0, stdout: '' });
    expect(JSON.parse(await readFile(join(place.folder, 'out.json'), 'utf8'))).toBeInstanceOf(Array);
    expect(await readdir(place.folder)).toEqual(['out.json']);
  });

  test('takes the format from the ending of the file', async () => {
    const place = await createPlace();
    await place.run('config show -o out.csv');
    expect(await readFile(join(place.folder, 'out.csv'), 'utf8')).toMatch(/^key,value\r?\n/);
  });

  test('never replaces a file without --force', async () => {
    const place = await createPlace();
    const file = join(place.folder, 'out.json');
    await writeFile(file, 'mine');
    const refused = await place.run('config show --json --output out.json');
    expect(refused.exitCode).toBe(2);
    expect(errorOf(refused)).toMatchObject({
      code: 'output_exists',
      hint: expect.stringContaining('--force'),
    });
    expect(await readFile(file, 'utf8')).toBe('mine');
    expect((await place.run('config show --json --output out.json --force')).exitCode).toBe(0);
    expect(await readFile(file, 'utf8')).toMatch(/^\[/);
  });

  test('- is standard output', async () => {
    const place = await createPlace();
    expect((await place.run('config show --json -o -')).stdout).toMatch(/^\[/);
    expect(await readdir(place.folder)).toEqual([]);
  });

  test('leaves nothing behind when the command fails', async () => {
    const place = await createPlace();
    const { exitCode } = await place.run('audit list -o out.csv');
    expect(exitCode).toBe(10);
    expect(await readdir(place.folder)).toEqual([]);
  });

  test('is where a spreadsheet goes, and never a terminal', async () => {
    const place = await createPlace();
    await place.run('migrate');
    const { exitCode, stdout } = await place.terminal('referral report summary --format xlsx');
    expect(exitCode).toBe(2);
    expect(stdout).toContain('--output');
    expect((await place.run('report summary -o report.xlsx')).exitCode).toBe(0);
    expect((await readFile(join(place.folder, 'report.xlsx'))).subarray(0, 2).toString()).toBe('PK');
  });

  test('is refused in a format that the command does not have', async () => {
    const place = await createPlace();
    expect(await place.run('config show --format xlsx -o out.xlsx')).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('Choose one of'),
    });
  });
});

describe('stderr', () => {
  test('is one JSON object a line with --log-format json', async () => {
    const place = await createPlace();
    const { stderr, exitCode } = await place.run('migrate --verbose --log-format json');
    expect(exitCode).toBe(0);
    for (const line of stderr.split('\n').filter((each) => each !== '')) {
      expect(JSON.parse(line)).toMatchObject({ level: expect.any(String), message: expect.any(String) });
    }
  });

  test('is empty with --quiet when all goes well', async () => {
    const place = await createPlace();
    expect(await place.run('migrate --quiet --json')).toMatchObject({ exitCode: 0, stderr: '' });
  });
});

describe('--dry-run', () => {
  test('changes nothing and says what would change', async () => {
    const place = await createPlace();
    const dry = await place.run('migrate --dry-run --json');
    expect(dry.exitCode).toBe(0);
    expect((jsonOf(dry)['applied'] as unknown[]).length).toBeGreaterThan(0);
    const status = await place.run('migrate status --json');
    expect(jsonOf(status)['applied']).toEqual([]);
  });

  test('is refused where a command changes nothing', async () => {
    const place = await createPlace();
    expect((await place.run('config show --dry-run')).exitCode).toBe(2);
  });
});
