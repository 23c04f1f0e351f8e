import { z } from 'zod';
import { listCodes } from '../../core/codes/list-codes.ts';
import { referralLink } from '../../core/codes/referral-link.ts';
import { defineCommand } from '../_runtime/command.ts';
import { PAGE_OPTIONS, pageFields } from '../_runtime/page-options.ts';
import type { Row } from '../_runtime/result.ts';

export const command = defineCommand({
  name: 'codes export',
  summary: 'Export codes with the links that are shared',
  description:
    'Writes the active codes with their links, for a printer, a portal or the booking system; --where "status in active, expired" widens it. No names and no addresses: mails go out through campaigns, which honour consent and suppression.',
  options: [
    { flags: '--contest <slug>', description: 'only of this contest' },
    { flags: '--where <condition>', description: 'only these', repeatable: true },
    ...PAGE_OPTIONS,
  ],
  examples: [
    {
      line: 'referral codes export --contest summer-referral -o codes.csv',
      explains: 'the codes of a contest as CSV',
    },
    {
      line: 'referral codes export --where "tier = gold" --format ndjson',
      explains: 'of one tier, an object a line',
    },
    {
      line: 'referral codes export --where "status in active, expired, revoked" --format csv -o - ',
      explains: 'also those out of use, on standard output',
    },
  ],
  exitCodes: [5, 10],
  changes: false,
  input: z.object({ contest: z.string().optional(), where: z.array(z.string()).default([]), ...pageFields }),
  async run(context, { contest, where, limit, offset }) {
    const config = await context.config();
    const saysStatus = where.some((text) => /^\s*status\b/.test(text));
    const conditions = saysStatus ? where : [...where, 'status = active'];
    return context.usingDatabase(async (database) => {
      const { rows } = await listCodes(database.queries, context.clock, {
        ...{ contest, where: conditions, limit, offset, timezone: config.timezone },
      });
      return {
        kind: 'list',
        columns: [
          { key: 'code' },
          { key: 'customer_id' },
          { key: 'contest' },
          { key: 'status' },
          { key: 'created_at', wide: true },
          { key: 'expires_at' },
          { key: 'referral_link' },
        ],
        rows: withLinks(rows as AsyncIterable<Row & { readonly code: string }>, config.links.referral_url),
      };
    });
  },
});

async function* withLinks(
  rows: AsyncIterable<Row & { readonly code: string }>,
  url: string,
): AsyncIterable<Row> {
  for await (const row of rows) yield { ...row, referral_link: referralLink(url, row.code) };
}
