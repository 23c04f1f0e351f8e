import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createPlace, errorOf, jsonOf, type Place } from '../cli.ts';
import { createQuickstartPlace } from '../quickstart-copy.ts';

interface Expected {
  readonly exitCode: number;
  readonly code: string;
  /** What the message must say to type next. */
  readonly hint: string | RegExp;
}

/** Runs a command that must fail as expected, say so in three lines to a person, and leave the folder as it was. */
async function expectRefusal(
  place: Place,
  words: string | readonly string[],
  expected: Expected,
): Promise<void> {
  const before = await listFiles(place);
  const list = typeof words === 'string' ? words.split(' ') : words;
  const forScript = await place.run([...list, '--json']);
  expect({ exitCode: forScript.exitCode, stdout: forScript.stdout }, forScript.stderr).toEqual({
    exitCode: expected.exitCode,
    stdout: '',
  });
  const error = errorOf(forScript);
  expect(error.code).toBe(expected.code);
  if (typeof expected.hint === 'string') expect(error.hint).toContain(expected.hint);
  else expect(error.hint).toMatch(expected.hint);
  const forPerson = await place.run(list);
  expect(forPerson.exitCode).toBe(expected.exitCode);
  expect(forPerson.stderr).toContain(error.message);
  expect(forPerson.stderr).not.toContain('    at ');
  expect(await listFiles(place)).toEqual(before);
}

// The database keeps its log and its locks beside it.
async function listFiles(place: Place): Promise<readonly string[]> {
  return (await readdir(place.folder)).filter((name) => !name.startsWith('referral.db-'));
}

async function createMigratedPlace(): Promise<Place> {
  const place = await createPlace();
  expect((await place.run('migrate')).exitCode).toBe(0);
  return place;
}

async function write(place: Place, name: string, content: string | Buffer): Promise<void> {
  await writeFile(join(place.folder, name), content);
}

test('no database', async () => {
  await expectRefusal(await createPlace(), 'audit list', {
    exitCode: 10,
    code: 'database_not_migrated',
    hint: 'referral migrate',
  });
});

test('a database that is not migrated', async () => {
  const place = await createPlace();
  // An empty file is a database without tables.
  await write(place, 'referral.db', '');
  const outcome = await place.run('audit list --json');
  expect(outcome.exitCode).toBe(10);
  expect(errorOf(outcome)).toMatchObject({
    code: 'database_not_migrated',
    hint: expect.stringContaining('referral migrate'),
  });
});

test('a database that is newer than the program', async () => {
  const place = await createMigratedPlace();
  const { default: Sqlite } = await import('better-sqlite3');
  const database = new Sqlite(join(place.folder, 'referral.db'));
  database.exec(
    `insert into schema_migrations select '9999-from-the-future', checksum, schema_description, applied_at, '99.0.0' from schema_migrations limit 1`,
  );
  database.close();
  for (const words of ['audit list --json', 'migrate --json']) {
    const outcome = await place.run(words);
    expect(outcome.exitCode).toBe(10);
    expect(errorOf(outcome)).toMatchObject({
      code: 'database_newer',
      hint: expect.stringContaining('Install'),
    });
  }
});

test('a file that is no database', async () => {
  const place = await createPlace();
  await write(
    place,
    'notes.txt',
    'these are notes, and more than a few bytes of them, not a database at all\n'.repeat(200),
  );
  await expectRefusal(place, 'audit list --database sqlite:notes.txt', {
    exitCode: 13,
    code: 'database_unreachable',
    hint: /./,
  });
});

test.each([
  ['without a scheme', 'referral.db'],
  ['of another database', 'mysql://localhost/x'],
  ['without a file', 'sqlite:'],
])('a database URL %s', async (_title, url) => {
  await expectRefusal(await createPlace(), `audit list --database ${url}`, {
    exitCode: 12,
    code: 'configuration_invalid',
    hint: 'sqlite:referral.db',
  });
});

test('a database server that can not be reached', async () => {
  await expectRefusal(await createPlace(), 'audit list --database postgres://nobody@127.0.0.1:1/none', {
    exitCode: 13,
    code: 'database_unreachable',
    hint: /./,
  });
});

test.each([
  ['contest', 'contests show sumer-referral', 'summer-referral'],
  ['contest of a leaderboard', 'leaderboard summer-refferal', 'summer-referral'],
  ['campaign', 'campaigns status summer-lanch', 'summer-launch'],
])('the slug of a %s that does not exist', async (_title, words, meant) => {
  await expectRefusal(await createQuickstartPlace(), words, { exitCode: 5, code: 'not_found', hint: meant });
});

test('an unknown flag', async () => {
  await expectRefusal(await createPlace(), 'customers list --limt 5', {
    exitCode: 2,
    code: 'usage',
    hint: '--limit',
  });
});

test('a file that is not there', async () => {
  await expectRefusal(await createMigratedPlace(), 'customers import nowhere.csv', {
    exitCode: 14,
    code: 'input_missing',
    hint: /./,
  });
});

test('a CSV file without a required column', async () => {
  const place = await createMigratedPlace();
  await write(place, 'customers.csv', 'number,city\n1,Delft\n');
  await expectRefusal(place, 'customers import customers.csv', {
    exitCode: 14,
    code: 'input_unusable',
    hint: '--map',
  });
  expect((await place.run('customers list')).stdout).toBe('');
});

test.each([
  ['a web page', '<!DOCTYPE html>\n<html><body>Please sign in</body></html>\n'],
  ['a spreadsheet', Buffer.from('504b0304140006000800000021', 'hex')],
  ['an empty file', ''],
])('%s that is called CSV', async (_title, content) => {
  const place = await createMigratedPlace();
  await write(place, 'customers.csv', content);
  await expectRefusal(place, 'customers import customers.csv', {
    exitCode: 14,
    code: 'input_unusable',
    hint: /./,
  });
});

test('a file in which every row is refused', async () => {
  const place = await createMigratedPlace();
  await write(place, 'customers.csv', 'customer_id,email\nA-1,no address\nA-2,neither\n');
  const outcome = await place.run('customers import customers.csv --json');
  expect(outcome.exitCode).toBe(3);
  expect(jsonOf(outcome)).toMatchObject({ rows: 2, created: 0, rejected: 2 });
});

const CREATE = [
  ...['contests', 'create', 'typo', '--name', 'Typo', '--benefit', 'none'],
  ...['--starts-at', '2026-06-01', '--duration', '30d', '--rules', 'rules.json'],
];

test('rules with a typo', async () => {
  const place = await createMigratedPlace();
  await write(place, 'rules.json', '{"scoring": {"points_per_referal": 2}}');
  await expectRefusal(place, CREATE, { exitCode: 14, code: 'input_unusable', hint: 'points_per_referral' });
  expect((await place.run('contests list')).stdout).toBe('');
});

test('rules that are no JSON', async () => {
  const place = await createMigratedPlace();
  await write(place, 'rules.json', '{"scoring": ');
  await expectRefusal(place, CREATE, { exitCode: 14, code: 'input_unusable', hint: /./ });
});

test('a template with an unknown slot', async () => {
  const place = await createQuickstartPlace();
  await write(
    place,
    'typo.mjml',
    '<mjml><mj-body><mj-section><mj-column><mj-text>Hi {{ frist_name }}</mj-text></mj-column></mj-section></mj-body></mjml>',
  );
  await write(place, 'typo.json', '{"subject": "Hello"}');
  const outcome = await place.run('templates check typo.mjml');
  expect(outcome.exitCode).toBe(6);
  expect(`${outcome.stdout}${outcome.stderr}`).toContain('first_name');
});

test('a code that does not exist', async () => {
  const place = await createQuickstartPlace();
  const outcome = await place.run('codes check ZZZZZZZZ --json');
  expect([5, 6]).toContain(outcome.exitCode);
  const shown = await place.run('conversions track ZZZZZZZZ --customer C-0001 --json');
  expect(shown.exitCode).toBe(5);
  expect(errorOf(shown)).toMatchObject({
    code: 'not_found',
    hint: expect.stringContaining('referral codes'),
  });
});

test('a contest that is not active', async () => {
  const place = await createQuickstartPlace();
  expect((await place.run('contests end summer-referral')).exitCode).toBe(0);
  await expectRefusal(place, 'contests pause summer-referral', {
    exitCode: 17,
    code: 'state_forbids',
    hint: 'referral contests',
  });
});

test('a plan that no longer holds', async () => {
  const place = await createQuickstartPlace();
  await place.run('campaigns create again --contest summer-referral --template reminder');
  const plan = jsonOf(await place.run('campaigns plan again --json'));
  expect((await place.run('customers suppress C-0001 C-0002 C-0003')).exitCode).toBe(0);
  await expectRefusal(place, `campaigns send again --plan ${String(plan['digest'])}`, {
    exitCode: 17,
    code: 'plan_changed',
    hint: 'referral campaigns plan again',
  });
  expect(await readdir(join(place.folder, 'outbox'))).not.toContain('again');
});

test('an output file in a folder that may not be written', async () => {
  const place = await createPlace();
  await write(place, 'taken', 'a file, not a folder');
  const outcome = await place.run('config show -o taken/out.txt');
  expect(outcome.exitCode).toBe(2);
  expect(await readFile(join(place.folder, 'taken'), 'utf8')).toBe('a file, not a folder');
});
