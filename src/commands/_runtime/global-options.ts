import type { OptionSpec } from './command.ts';

/** The flags that every command takes (CLI contract, "Everywhere"). */
export const GLOBAL_OPTIONS: readonly OptionSpec[] = [
  { flags: '--database <url>', description: 'sqlite:FILE or postgres://…' },
  { flags: '--config <file>', description: 'configuration file' },
  { flags: '--format <format>', description: 'table, json, ndjson, csv; some reports also xlsx, html' },
  { flags: '--read-only', description: 'open the database for reading only, and refuse to change anything' },
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
