import type { z } from 'zod';
import type { Context } from './context.ts';
import type { Result } from './result.ts';

export interface ArgumentSpec {
  /** `<file>` is required, `[name]` optional, `<ids...>` takes several. */
  readonly syntax: string;
  readonly description: string;
}

export interface OptionSpec {
  /** As commander writes them: `--map <column=field>`, `--no-header`. */
  readonly flags: string;
  readonly description: string;
  /** May be given several times; the value is an array. */
  readonly repeatable?: boolean;
  readonly choices?: readonly string[];
  /** Shown in the help; the value itself comes from the input schema's default. */
  readonly defaultText?: string;
}

export interface Example {
  readonly line: string;
  readonly explains: string;
  /** The exit code that the example ends with, when it is not 0. */
  readonly exitCode?: number;
}

/** One subcommand: what it is called, what it takes, and a function that calls core and returns what to print. */
export interface Command<Input = unknown> {
  /** The words that a user types: `customers import`. */
  readonly name: string;
  readonly summary: string;
  /** A paragraph for `--help`: what it reads, what it changes, what it refuses. */
  readonly description: string;
  readonly arguments?: readonly ArgumentSpec[];
  readonly options?: readonly OptionSpec[];
  /** Formats beyond table, json, ndjson and csv that it can give. */
  readonly fileFormats?: readonly ('xlsx' | 'html')[];
  /** It writes the file of `--output` itself, and its result goes to standard output. */
  readonly writesOutput?: boolean;
  readonly examples: readonly Example[];
  /** Exit codes that a script should expect beside 0, 1, 2, 12 and 13. */
  readonly exitCodes: readonly number[];
  /** Does it change the database or the outside world? Then it takes `--dry-run`, records a run and may ask. */
  readonly changes: boolean;
  /** Arguments and options, by camel-case name, from texts to typed values; a failure is a usage error. */
  readonly input: z.ZodType<Input>;
  readonly run: (context: Context, input: Input) => Promise<Result>;
}

/** Keeps the input type of a command while it is written, and forgets it for the registry. */
export function defineCommand<Input>(command: Command<Input>): Command<Input> {
  return command;
}

/** A command whose input type is forgotten: what its schema makes goes into its `run`, and nothing else does. */
export type AnyCommand = Omit<Command<never>, 'input'> & { readonly input: z.ZodType<unknown> };
