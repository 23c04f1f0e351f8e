import { text } from 'node:stream/consumers';
import { z } from 'zod';
import type { Database } from '../../core/database/database.ts';
import { importEvents } from '../../core/events/import-events.ts';
import { parseVerificationKey } from '../../core/events/verify-signature.ts';
import { refreshMails } from '../../core/reports/kept-mails.ts';
import { defineCommand } from '../_runtime/command.ts';
import type { Context } from '../_runtime/context.ts';
import { showProgress } from '../_runtime/show-progress.ts';

/** Events are many: what reports keep of them is brought up to date by who brings them, so that the next report need not wait. */
async function takeIntoReports(context: Context, database: Database): Promise<void> {
  const { clock, signal } = context;
  await showProgress(context, 'taking events into reports', (onProgress) =>
    refreshMails(database, clock, { onProgress, signal }),
  );
}

export const command = defineCommand({
  name: 'events import',
  summary: 'Take in what the mail provider reports',
  description:
    'Reads SendGrid event webhook bodies: JSON arrays, one after the other or alone, or one object per line. Each event counts once, however often it comes. Events settle deliveries in doubt, and unsubscribes, complaints and hard bounces suppress their address. With --verify-key only signed bodies are taken, each kept as {"timestamp", "signature", "payload"}. Broken entries are counted and left out.',
  arguments: [{ syntax: '<file>', description: 'the bodies; - is standard input' }],
  options: [
    {
      flags: '--verify-key <file>',
      description: 'the public key of the signed event webhook, base64 or PEM',
    },
  ],
  examples: [
    { line: 'referral events import events.json', explains: 'take in what the provider has posted' },
    { line: 'referral events import events.json --dry-run', explains: 'what would it change?' },
    { line: 'cat events.json | referral events import - --json', explains: 'from standard input' },
  ],
  exitCodes: [3, 10, 12, 14],
  changes: true,
  input: z.object({ file: z.string(), verifyKey: z.string().optional() }),
  async run(context, { file, verifyKey }) {
    const { clock, globals } = context;
    const key =
      verifyKey === undefined
        ? undefined
        : parseVerificationKey(await text(await context.openInput(verifyKey)));
    return context.usingRun(async (database, run) => {
      // A receiver may append to it at any time; what it adds comes with the next import.
      const input = await context.openInput(file, { mayGrow: true });
      const startedAt = clock.milliseconds();
      const keyring = await context.keyring(database);
      const result = await showProgress(context, 'importing events', (onProgress) =>
        importEvents(input, {
          ...{ database, clock, keyring, run, dryRun: globals.dryRun },
          ...{ signal: context.signal, verifyKey: key, onProgress },
        }),
      );
      if (!globals.dryRun) await takeIntoReports(context, database);
      const data = {
        file,
        ...result,
        dry_run: globals.dryRun,
        duration_ms: clock.milliseconds() - startedAt,
      };
      return { kind: 'object', data, exitCode: result.rejected > 0 ? 3 : 0 };
    });
  },
});
