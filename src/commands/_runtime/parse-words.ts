import { Argument, Command as Commander, CommanderError, Option } from 'commander';
import type { z } from 'zod';
import { ReferralError } from '../../core/errors.ts';
import type { AnyCommand, OptionSpec } from './command.ts';
import { DRY_RUN_OPTION, GLOBAL_OPTIONS } from './global-options.ts';
import { type GlobalOptions, globalsSchema } from './globals-schema.ts';

export interface ParsedWords {
  readonly globals: GlobalOptions;
  /** Arguments and options by name, typed by the command's own schema. */
  readonly input: never;
  readonly wantsHelp: boolean;
}

/** Parses what stands behind the command's name. Throws `usage`. */
export function parseWords(command: AnyCommand, words: readonly string[]): ParsedWords {
  if (words.includes('--help') || words.includes('-h')) {
    return { globals: globalsSchema.parse({}), input: undefined as never, wantsHelp: true };
  }
  const parser = createParser(command);
  try {
    parser.parse([...words], { from: 'user' });
  } catch (error) {
    throw asUsageError(error, command);
  }
  const options = parser.opts();
  const named = Object.fromEntries(
    parser.registeredArguments.map((argument, index) => [
      camel(argument.name()),
      parser.processedArgs[index],
    ]),
  );
  const globals = check(globalsSchema, options, command);
  return {
    globals,
    input: check(command.input, { ...options, ...named }, command) as never,
    wantsHelp: false,
  };
}

function createParser(command: AnyCommand): Commander {
  const parser = new Commander(`referral ${command.name}`)
    .exitOverride()
    .helpOption(false)
    .allowExcessArguments(false)
    .configureOutput({ writeOut: () => {}, writeErr: () => {} });
  for (const { syntax, description } of command.arguments ?? [])
    parser.addArgument(new Argument(syntax, description));
  const own = command.options ?? [];
  const specs = [...own, ...(command.changes ? [DRY_RUN_OPTION] : [])];
  for (const spec of [...specs, ...GLOBAL_OPTIONS.filter((option) => !redefines(own, option))]) {
    parser.addOption(createOption(spec));
  }
  return parser;
}

function redefines(own: readonly OptionSpec[], option: OptionSpec): boolean {
  const long = longName(option);
  return own.some((spec) => longName(spec) === long);
}

function longName({ flags }: OptionSpec): string {
  return /--[a-z-]+/.exec(flags)?.[0] ?? flags;
}

function createOption({ flags, description, choices, repeatable }: OptionSpec): Option {
  const option = new Option(flags, description);
  if (choices !== undefined) option.choices([...choices]);
  if (repeatable === true) option.argParser((value: string, before: string[] = []) => [...before, value]);
  return option;
}

function asUsageError(error: unknown, command: AnyCommand): unknown {
  if (!(error instanceof CommanderError)) return error;
  const [message = '', suggestion] = error.message.replace(/^error: /, '').split('\n');
  const sentence = message.charAt(0).toUpperCase() + message.slice(1);
  return new ReferralError('usage', sentence, {
    hint: suggestion === undefined ? seeHelp(command) : suggestion.replace(/^\((.*)\)$/, '$1'),
    details: error.code === 'commander.missingArgument' ? { missing: /'(.+)'/.exec(message)?.[1] } : {},
  });
}

function check<T>(schema: z.ZodType<T>, values: unknown, command: AnyCommand): T {
  const parsed = schema.safeParse(values);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const name = flagName(String(issue?.path[0] ?? ''), command);
  throw new ReferralError('usage', `${name}: ${issue?.message ?? 'is wrong'}`, { hint: seeHelp(command) });
}

function flagName(key: string, command: AnyCommand): string {
  const isArgument = (command.arguments ?? []).some(
    ({ syntax }) => camel(syntax.replace(/[<>[\].]/g, '')) === key,
  );
  if (isArgument) return `<${key}>`;
  return `--${key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

function seeHelp(command: AnyCommand): string {
  return `See: referral ${command.name} --help`;
}

function camel(name: string): string {
  return name.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
