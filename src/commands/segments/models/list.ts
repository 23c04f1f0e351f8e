import { z } from 'zod';
import { listModels } from '../../../core/models/registry.ts';
import { defineCommand } from '../../_runtime/command.ts';
import { PAGE_OPTIONS, pageFields } from '../../_runtime/page-options.ts';

export const command = defineCommand({
  name: 'segments models list',
  summary: 'List the models and their versions',
  description:
    'Every version of every model, the newest first, with what was measured when it was trained, and which one scores.',
  options: [{ flags: '--model <name>', description: 'only this model' }, ...PAGE_OPTIONS],
  examples: [
    { line: 'referral segments models list', explains: 'all of them' },
    { line: 'referral segments models list --model tier --json', explains: 'the versions of one, as JSON' },
    { line: 'referral segments models list --format csv', explains: 'for a spreadsheet' },
  ],
  exitCodes: [10],
  changes: false,
  input: z.object({ model: z.string().optional(), ...pageFields }),
  async run(context, { model, limit, offset }) {
    const versions = await context.usingDatabase(({ queries }) => listModels(queries, model));
    const page = versions.slice(offset, limit === undefined ? undefined : offset + limit);
    return {
      kind: 'list',
      columns: [
        { key: 'model' },
        { key: 'version', align: 'right' },
        { key: 'promoted' },
        { key: 'target' },
        { key: 'rows', align: 'right' },
        { key: 'auc', align: 'right' },
        { key: 'log_loss', align: 'right' },
        { key: 'beats_baseline' },
        { key: 'backend', wide: true },
        { key: 'seed', align: 'right', wide: true },
        { key: 'created_at', wide: true },
      ],
      rows: page.map(
        ({ name, figures, version, promoted, target, rows, beats_baseline, backend, seed, created_at }) => ({
          ...{ model: name, version, promoted, target, rows },
          ...{ auc: rounded(figures.metrics.auc), log_loss: rounded(figures.metrics.log_loss) },
          ...{ beats_baseline, backend, seed, created_at },
        }),
      ),
    };
  },
});

function rounded(value: number): number {
  return Math.round(value * 1e6) / 1e6;
}
