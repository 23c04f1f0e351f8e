import { z } from 'zod';
import { collectMetrics } from '../core/metrics/collect-metrics.ts';
import { formatMetrics } from '../core/metrics/format-metrics.ts';
import { programVersion } from '../core/package.ts';
import { defineCommand } from './_runtime/command.ts';

export const command = defineCommand({
  name: 'metrics',
  summary: 'Print figures for Prometheus',
  description:
    'Jobs, deliveries, rates, doubts, the queue, the ledger, the age of the newest backup, in the text format of Prometheus, for the textfile collector of the node exporter. With --output the file is written beside and renamed, so that it is never read half; --force replaces the one of before. A dashboard for Grafana and alert rules are in docs/. Reads only.',
  examples: [
    { line: 'referral metrics', explains: 'look at them' },
    {
      line: 'referral metrics --output referral.prom --force',
      explains: 'for the textfile collector, from cron',
    },
    { line: 'referral metrics --json', explains: 'one object per sample' },
  ],
  exitCodes: [10],
  changes: false,
  input: z.object({}),
  async run(context) {
    const { clock, globals } = context;
    const config = await context.config();
    const metrics = await context.usingDatabase((database) =>
      database.snapshot((snapshot) =>
        collectMetrics(snapshot, { config, clock, programVersion: programVersion() }),
      ),
    );
    if (globals.format === undefined) return { kind: 'text', text: formatMetrics(metrics) };
    const rows = metrics.flatMap(({ name, samples }) =>
      samples.map(({ labels, value }) => ({ name, labels, value })),
    );
    return {
      kind: 'list',
      columns: [{ key: 'name' }, { key: 'labels' }, { key: 'value', align: 'right' }],
      rows,
    };
  },
});
