/** What the help shows of a command. */
export interface NamedCommand {
  readonly name: string;
  readonly summary: string;
}

export interface CommandGroup {
  readonly title: string;
  readonly commands: readonly NamedCommand[];
}

/** The nouns in the order in which an operator meets them. */
const GROUPS: readonly (readonly [title: string, nouns: readonly string[]])[] = [
  ['Set up', ['quickstart', 'init', 'doctor', 'config', 'migrate', 'completion', 'help', 'man']],
  ['People', ['customers', 'segments', 'profiles']],
  ['Contest', ['contests', 'codes', 'leaderboard']],
  ['Mail', ['templates', 'campaigns', 'events']],
  ['Bookings and rewards', ['conversions', 'fraud', 'rewards']],
  ['Results', ['report', 'export']],
  ['Operations', ['status', 'jobs', 'metrics', 'backup', 'settings', 'flags', 'runs', 'audit']],
];

/** The commands by group, each group in the order of its nouns; a noun without a group ends up in the last one. */
export function groupCommands(commands: readonly NamedCommand[]): readonly CommandGroup[] {
  const known = new Set(GROUPS.flatMap(([, nouns]) => nouns));
  const others = [...new Set(commands.map(nounOf))].filter((noun) => !known.has(noun));
  const groups = others.length === 0 ? GROUPS : [...GROUPS, ['More', others] as const];
  return groups.flatMap(([title, nouns]) => {
    const members = nouns.flatMap((noun) => commands.filter((command) => nounOf(command) === noun));
    return members.length === 0 ? [] : [{ title, commands: members }];
  });
}

/** `customers import` → `customers`. */
export function nounOf({ name }: NamedCommand): string {
  return name.split(' ')[0] ?? name;
}
