import { registry } from '../../src/commands/registry.ts';
import { type LineCommand, parseShellLine } from '../shell-line.ts';

export interface HelpExample {
  /** The command that shows it. */
  readonly name: string;
  readonly line: string;
  readonly exitCode: number;
  /** The commands that it consists of; undefined where it needs a shell. */
  readonly commands: readonly LineCommand[] | undefined;
}

/** Every example of every command's help. */
export async function listExamples(): Promise<readonly HelpExample[]> {
  const commands = await Promise.all(registry.map(async ({ load }) => (await load()).command));
  return commands.flatMap(({ name, examples }) =>
    examples.map(({ line, exitCode = 0 }) => ({ name, line, exitCode, commands: commandsOf(line) })),
  );
}

function commandsOf(line: string): readonly LineCommand[] | undefined {
  const commands = parseShellLine(line);
  return commands?.every(({ words: [program] }) => program === 'referral') ? commands : undefined;
}
