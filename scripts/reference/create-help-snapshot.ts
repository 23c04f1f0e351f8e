import { commandHelp, nounHelp, programHelp } from '../../src/commands/_runtime/help.ts';
import { registry } from '../../src/commands/registry.ts';

/** What the program, each noun and each command print for `--help`; the part that all commands share stands once. */
export async function createHelpSnapshot(): Promise<string> {
  const nouns = [
    ...new Set(registry.flatMap(({ name }) => (name.includes(' ') ? [name.split(' ')[0] ?? ''] : []))),
  ];
  const commands = await Promise.all(registry.map(async ({ load }) => (await load()).command));
  const pages = [
    ['--help', programHelp(registry)],
    ...nouns.map((noun) => [`${noun} --help`, nounHelp(noun, registry)]),
    ...commands.map((command) => [`${command.name} --help`, commandHelp(command)]),
  ];
  const shared = findShared(commands.map(commandHelp));
  const shown = pages.map(([line, text = '']) => `$ referral ${line}\n${text.replace(shared, SHARED)}`);
  return [`${SHARED}${shared}`, ...shown].join('\n');
}

const SHARED = '(Options of every command)\n';

/** The options that every command takes, from their title to the examples. */
function findShared(pages: readonly string[]): string {
  const [, shared = ''] = /^(Options of every command:\n.*?)^(?=\S)/ms.exec(pages[0] ?? '') ?? [];
  return shared;
}
