import { z } from 'zod';
import { readCampaignStatus } from '../../core/campaigns/campaign-status.ts';
import { getCampaign } from '../../core/campaigns/get-campaign.ts';
import type { DeliveryTotals } from '../../core/campaigns/total-deliveries.ts';
import { type WatchFrame, watchCampaign } from '../../core/campaigns/watch-campaign.ts';
import { sleep } from '../../core/delivery/pace.ts';
import { ReferralError } from '../../core/errors.ts';
import { parseDuration } from '../../core/time.ts';
import { campaignStatusText } from '../_campaigns/status-text.ts';
import { watchText } from '../_campaigns/watch-text.ts';
import { defineCommand } from '../_runtime/command.ts';
import type { Context } from '../_runtime/context.ts';
import { createPalette } from '../_runtime/palette.ts';
import type { LiveResult, Row } from '../_runtime/result.ts';

const COLUMNS = [
  ...['at', 'campaign', 'status', 'planned', 'pending', 'accepted', 'refused', 'in_doubt', 'skipped'],
  ...['rate', 'seconds_left', 'senders'],
].map((key) => ({ key }));

const LEAST_INTERVAL_MS = 100;
const SHOWN_RATES = 30;

export const command = defineCommand({
  name: 'campaigns status',
  summary: 'Show where every recipient of a campaign is',
  description:
    'Totals of the campaign: planned = pending + accepted + refused + in_doubt + skipped; and, of the accepted, what the provider has reported, each recipient once, opens by machines left out. `converted` counts recipients whose code a friend has booked with since. With --watch it goes on until the campaign has ended or you press Ctrl-C: the totals, the rate of the last ten seconds, the time left, and every sender; in place on a terminal, a line each time elsewhere, with --json one document a line. It only reads.',
  arguments: [{ syntax: '<slug>', description: 'the campaign' }],
  options: [
    { flags: '--exit-code', description: 'end with 6 when anything is pending, refused or in doubt' },
    { flags: '--watch', description: 'go on looking until it has ended' },
    { flags: '--interval <duration>', description: 'how often to look, with --watch', defaultText: '2s' },
  ],
  examples: [
    { line: 'referral campaigns status summer-launch', explains: 'the figures' },
    { line: 'referral campaigns status summer-launch --json', explains: 'for a script' },
    { line: 'referral campaigns status summer-launch --format csv', explains: 'for a spreadsheet' },
    {
      line: 'referral campaigns status summer-launch --watch --interval 5s',
      explains: 'look every five seconds, until it is sent',
    },
  ],
  exitCodes: [5, 6, 10, 130],
  changes: false,
  input: z.object({
    slug: z.string(),
    exitCode: z.boolean().default(false),
    watch: z.boolean().default(false),
    interval: z.string().transform(parseDuration).default(2_000),
  }),
  async run(context, { slug, exitCode, watch, interval }) {
    if (watch) return watchStatus(context, slug, Math.max(LEAST_INTERVAL_MS, interval), exitCode);
    return context.usingDatabase(async ({ queries }) => {
      const data = await readCampaignStatus(queries, await getCampaign(queries, slug));
      const { io, globals } = context;
      const onTerminal = io.stdoutIsTerminal && globals.output === undefined;
      return {
        kind: 'object',
        data,
        ...(onTerminal ? { text: campaignStatusText(data, io.width, createPalette(io.colors)) } : {}),
        exitCode: exitCode && isOpen(data) ? 6 : 0,
      };
    });
  },
});

async function watchStatus(
  context: Context,
  slug: string,
  intervalMs: number,
  asksForCode: boolean,
): Promise<LiveResult> {
  const { clock, signal, globals } = context;
  if (globals.format === 'html' || globals.format === 'xlsx')
    throw new ReferralError('usage', `--watch has no result in the format ${globals.format}`, {
      hint: 'Choose one of: table, json, ndjson, csv',
    });
  return context.usingDatabase(async ({ queries }) => {
    // An unknown name is told before anything is printed.
    await getCampaign(queries, slug);
    let last: WatchFrame | undefined;
    const rates: number[] = [];
    async function* frames(): AsyncGenerator<Row> {
      for await (const frame of watchCampaign(slug, { queries, clock, intervalMs, signal, sleep })) {
        last = frame;
        yield { ...frame };
      }
    }
    return {
      kind: 'live',
      columns: COLUMNS,
      frames: frames(),
      text: (frame) => {
        rates.push(Number(frame['rate']));
        return watchText(frame as unknown as WatchFrame, rates.slice(-SHOWN_RATES));
      },
      // Known when the last frame was printed.
      get exitCode() {
        return asksForCode && last !== undefined && isOpen(last) ? (6 as const) : (0 as const);
      },
    };
  });
}

function isOpen({ pending, refused, in_doubt }: DeliveryTotals): boolean {
  return pending + refused + in_doubt > 0;
}
