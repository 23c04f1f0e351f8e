/** A command of a line of shell, as the shell would start it. */
export interface LineCommand {
  readonly variables: Readonly<Record<string, string>>;
  /** The name of the program comes first. */
  readonly words: readonly string[];
}

const ASSIGNMENT = /^([A-Z_]+)=(.*)$/s;
/** `&&`, or a word of bare and quoted pieces in which nothing means something to a shell. */
const TOKEN = /\s*(?:&&|(?:'[^']*'|"[^"$`\\]*"|[^\s'"|&;<>()$`\\*?[\]{}~#!])+)\s*/gy;

/**
 * The commands of a line that does nothing but run them one after the other while they succeed (`&&`); undefined for a
 * line that needs a real shell.
 */
export function parseShellLine(line: string): readonly LineCommand[] | undefined {
  const tokens = line.match(TOKEN) ?? [];
  if (tokens.join('') !== line) return undefined;
  const commands: string[][] = [[]];
  for (const token of tokens.map((each) => each.trim())) {
    if (token === '&&') commands.push([]);
    else
      commands.at(-1)?.push(token.replace(/'([^']*)'|"([^"]*)"/g, (_, single, double) => single ?? double));
  }
  return commands.every((words) => words.length > 0) ? commands.map(toCommand) : undefined;
}

function toCommand(words: readonly string[]): LineCommand {
  const first = words.findIndex((word) => !ASSIGNMENT.test(word));
  const assignments = words.slice(0, Math.max(first, 0)).flatMap((word) => {
    const [, name = '', value = ''] = ASSIGNMENT.exec(word) ?? [];
    return [[name, value]];
  });
  return { variables: Object.fromEntries(assignments), words: words.slice(Math.max(first, 0)) };
}
