import type { NamedKind } from '../../core/names/list-names.ts';

/** Arguments that name something under any noun. */
const ARGUMENTS: Readonly<Record<string, NamedKind>> = {
  contest: 'contests',
  campaign: 'campaigns',
  template: 'templates',
};

/** Flags whose value is the name of something. */
const FLAGS: Readonly<Record<string, NamedKind>> = {
  '--contest': 'contests',
  '--campaign': 'campaigns',
  '--template': 'templates',
  '--profile': 'profiles',
  '--segment': 'segments',
};

/** Nouns whose `<slug>` or `<name>` is one of their own. */
const NOUNS: Readonly<Record<string, NamedKind>> = {
  contests: 'contests',
  campaigns: 'campaigns',
  experiments: 'campaigns',
  segments: 'segments',
  profiles: 'profiles',
  settings: 'settings',
  flags: 'flags',
  report: 'contests',
};

/** Verbs that make something: its name is new. */
const MAKERS = new Set(['create', 'save', 'duplicate', 'define', 'add']);

/** What the argument `<slug>` of `campaigns send` names, or undefined when it is no name of something that exists. */
export function kindOfArgument(command: string, syntax: string): NamedKind | undefined {
  const [noun = '', verb = ''] = command.split(' ');
  const argument = syntax.replace(/[<>[\].]/g, '');
  const kind = ARGUMENTS[argument];
  if (kind !== undefined) return kind;
  if ((argument !== 'slug' && argument !== 'name') || MAKERS.has(verb)) return undefined;
  return command === 'report campaign' ? 'campaigns' : NOUNS[noun];
}

/** What the value of a flag names. */
export function kindOfFlag(name: string): NamedKind | undefined {
  return FLAGS[name];
}
