import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { createAudience } from '../../../test/campaign-fixture.ts';
import { describeEngines } from '../../../test/engines.ts';
import { clockAt } from '../clock.ts';
import type { Queries } from '../database/database.ts';
import { listRecipientColumns } from '../templates/recipient-columns.ts';
import { listRecipients } from '../templates/recipient-queries.ts';
import { type AudienceMember, openAudiencePages } from './audience-queries.ts';

const PEOPLE = 7;
const clock = clockAt('2026-07-01T10:00:00.000Z');
const NAMES = ['name', 'first_name', 'last_name', 'tier', 'locale', 'timezone', 'country', 'joined_at'];
const OTHERS = ['last_active_at', 'total_bookings', 'total_spend', 'attributes', 'code', 'code_expires_at'];
const columns = listRecipientColumns(new Set([...NAMES, ...OTHERS]));

// Of a page every row has these columns, and seven more behind them.
function twoRows(name: string): string {
  const before = columns.findIndex((column) => column.endsWith(`.${name}`));
  return `a${'\u001f'.repeat(columns.length + 6 - before)}\u001e${'\u001f'.repeat(before)}b`;
}

async function readAll(queries: Queries, contestId: number): Promise<readonly AudienceMember[]> {
  const condition = sql<boolean>`1 = 1`;
  const readPage = openAudiencePages(queries, { condition, contestId, columns, limit: 2 });
  const all: AudienceMember[] = [];
  for (let after = ''; ; ) {
    const page = await readPage(after);
    const last = page.at(-1);
    if (last === undefined) return all;
    expect(page.length).toBeLessThanOrEqual(2);
    all.push(...page);
    after = last.customer_id;
  }
}

describeEngines('the audience of a campaign', (open) => {
  test.each([
    ['values of every kind', 'Zoë', { city: 'Zürich', note: 'a\tb\nc' }],
    ['a separator of cells', 'a\u001fb', {}],
    ['a separator of rows', 'a\u001eb', {}],
    ['separators that make two whole rows of one', twoRows('tier'), {}],
    ['the mark of an absent value', '\u001d', {}],
  ])('is read page by page as its rows are, with %s', async (_, text, attributes) => {
    const database = await open();
    const { queries } = database;
    await createAudience(database, PEOPLE, clock);
    const { id: contestId } = await queries.selectFrom('contests').select('id').executeTakeFirstOrThrow();
    await queries
      .updateTable('customers')
      .set({
        ...{
          tier: text,
          name: 'Anna "A" \\ B',
          last_name: '',
          country: 'NL',
          attributes: JSON.stringify(attributes),
        },
        ...{ joined_at: '2020-02-29T23:59:59.999Z', total_bookings: 0, total_spend: 9_007_199_254_740_991 },
      })
      .where('id', 'in', [2, 3])
      .execute();
    await queries.deleteFrom('codes').where('customer_ref', '=', 5).execute();
    await queries.deleteFrom('participants').where('customer_ref', '=', 6).execute();
    await queries
      .updateTable('customers')
      .set({ email: null, address_key: null })
      .where('id', '=', 7)
      .execute();
    const rows = await readAll(queries, contestId);
    const refs = Array.from({ length: PEOPLE }, (__, index) => index + 1);
    expect(rows.map(({ id }) => id)).toEqual(refs);
    const known = await listRecipients(queries, contestId, refs, columns);
    expect(rows).toMatchObject(known.toSorted((a, b) => a.id - b.id));
    expect(rows.map(({ is_participant }) => is_participant)).toEqual([1, 1, 1, 1, 1, 0, 1]);
    expect(rows[6]).toMatchObject({ email: null, address_key: null, customer_id: 'C-0000007' });
    expect(rows[1]?.tier).toBe(text);
  });
});
