import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createPlace, errorOf, jsonOf, type Place } from '../cli.ts';

async function createMigratedPlace(): Promise<Place> {
  const place = await createPlace();
  expect((await place.run('migrate --quiet')).exitCode).toBe(0);
  return place;
}

test('an error is one JSON line with --log-format json, and the only line on stderr with --json', async () => {
  const place = await createMigratedPlace();
  const unknown = await place.run('customers show nobody --log-format json');
  expect(unknown.exitCode).toBe(5);
  expect(errorOf(unknown).code).toBe('not_found');
  expect(errorOf(await place.run('customers lst --log-format json')).code).toBe('usage');
  await writeFile(join(place.folder, 'people.csv'), 'customer_id,email,town\nA,a@example.com,Rome\n');
  expect((await place.run('customers import people.csv --json')).stderr).toBe('');
  const again = await place.run('customers import people.csv --on-conflict fail --json');
  expect(again.exitCode).toBe(17);
  expect(JSON.parse(again.stderr)).toMatchObject({ error: { code: 'already_exists' } });
});

test('an unknown time zone is refused by every command', async () => {
  const place = await createMigratedPlace();
  const refused = await place.run('customers list --timezone Nope/Zone --json');
  expect(refused.exitCode).toBe(2);
  expect(errorOf(refused).message).toContain('Nope/Zone');
});

test('a template is rendered as JSON, all parts or the one asked for, and an empty file is refused', async () => {
  const place = await createMigratedPlace();
  const all = jsonOf(await place.run('templates render launch --sample --json'));
  expect(Object.keys(all)).toEqual(['template', 'sha256', 'subject', 'html', 'text']);
  const one = jsonOf(await place.run('templates render launch --sample --part subject --json'));
  expect(one['subject']).toBe(all['subject']);
  expect(one['html']).toBeUndefined();
  await writeFile(join(place.folder, 'empty.mjml'), '');
  expect((await place.run('templates check empty.mjml')).exitCode).toBe(14);
});

test('a profile of bookings is known by its fields, and a flag takes true and false', async () => {
  const place = await createMigratedPlace();
  const hotel = await place.run('profiles save hotel --map Ref=booking_reference --json');
  expect(jsonOf(hotel)['kind']).toBe('bookings');
  const statuses = await place.run('profiles save states --status-map ok=completed --json');
  expect(jsonOf(statuses)['kind']).toBe('bookings');
  expect(jsonOf(await place.run('profiles save crm --map Mail=email --json'))['kind']).toBe('customers');
  expect(jsonOf(await place.run('flags set outgoing false --json'))['enabled']).toBe(false);
});

test('rules of segments and shown customers are paged like every list', async () => {
  const place = await createMigratedPlace();
  const rules = await place.run('segments rules --limit 1 --offset 1 --json');
  expect(JSON.parse(rules.stdout)).toHaveLength(1);
  const rows = 'customer_id,email\nA,a@example.com\nB,b@example.com\nC,c@example.com\n';
  await place.run('customers import -', { input: rows });
  const shown = await place.run('customers show A B C --limit 1 --offset 1 --json');
  expect(JSON.parse(shown.stdout)).toMatchObject([{ customer_id: 'B' }]);
});

test('a missing key of the provider is told before the placeholders that it would see', async () => {
  const place = await createMigratedPlace();
  await place.run('customers import -', { input: 'customer_id,email,consent\nA,a@example.com,granted\n' });
  await place.run('contests create c --name N --benefit B --starts-at 2026-01-01 --duration 30d');
  await place.run('contests launch c');
  expect((await place.run('campaigns create m --contest c --template launch')).exitCode).toBe(0);
  const send = 'campaigns send m --yes --transport sendgrid --json';
  expect((await place.run(send)).exitCode).toBe(4);
  const withKey = await place.run(send, { env: { SENDGRID_API_KEY: 'a key of nobody' } });
  expect(withKey.exitCode).toBe(12);
  expect(errorOf(withKey).message).toContain('placeholders');
});
