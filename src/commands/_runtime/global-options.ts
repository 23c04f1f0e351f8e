import { z } from 'zod';
import { parseDuration } from '../../core/time.ts';
import type { OptionSpec } from './command.ts';

/** The flags that every command takes (CLI contract, "Everywhere"). */
export const GLOBAL_OPTIONS: readonly OptionSpec[] = [
  { flags: '--database <url>', description: 'sqlite:FILE or postgres://…' },
  { flags: '--config <file>', description: 'configuration file' },
  { flags: '--format <format>', description: 'table, json, ndjson, csv; some reports also xlsx, html' },
  { flags: '--json', description: 'print one JSON document' },
  { flags: '-o, --output <file>', description: 'write the result to a file; - is stdout' },
  { flags: '--force', description: 'overwrite an existing output file' },
  { flags: '--yes', description: 'answer yes to a confirmation' },
  { flags: '--no-input', description: 'never ask anything' },
  { flags: '--confirm <name>', description: 'confirm by name what concerns many people or cannot be undone' },
  { flags: '-q, --quiet', description: 'only warnings and errors on stderr' },
  { flags: '-v, --verbose', description: 'say more on stderr' },
  { flags: '--color <when>', description: 'colours', choices: ['auto', 'always', 'never'] },
  { flags: '--log-format <format>', description: 'lines on stderr', choices: ['text', 'json'] },
  { flags: '--timezone <zone>', description: 'zone of times given without one' },
  { flags: '--lock-wait <duration>', description: 'wait this long for another run of the same job' },
  { flags: '--skip-if-locked', description: 'end well when the same job runs already' },
];

/** Added to every command that changes something. */
export const DRY_RUN_OPTION: OptionSpec = {
  flags: '-n, --dry-run',
  description: 'say exactly what would change, and change nothing',
};

const duration = z.string().transform((text) => parseDuration(text));

export const globalsSchema = z.object({
  database: z.string().optional(),
  config: z.string().optional(),
  format: z.enum(['table', 'json', 'ndjson', 'csv', 'xlsx', 'html']).optional(),
  json: z.boolean().default(false),
  output: z.string().min(1).optional(),
  force: z.boolean().default(false),
  dryRun: z.boolean().default(false),
  yes: z.boolean().default(false),
  input: z.boolean().default(true),
  confirm: z.string().optional(),
  quiet: z.boolean().default(false),
  verbose: z.boolean().default(false),
  color: z.enum(['auto', 'always', 'never']).default('auto'),
  logFormat: z.enum(['text', 'json']).default('text'),
  timezone: z.string().optional(),
  lockWait: duration.optional(),
  skipIfLocked: z.boolean().default(false),
});

export type GlobalOptions = z.infer<typeof globalsSchema>;
