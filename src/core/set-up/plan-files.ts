import { parse } from 'dotenv';
import { GENERATED_PREFIX } from '../doctor/check-mail-settings.ts';
import type { Random } from '../random.ts';
import { type Answers, documentOf } from './answers.ts';

/** What is there before, and what comes to it. */
export interface PresentFiles {
  readonly env?: string | undefined;
  readonly config?: object | undefined;
  /** Variables of the mail provider, by name; one that `.env` has stays as it is there. */
  readonly secrets?: Readonly<Record<string, string>>;
}

export interface PlannedFiles {
  readonly config: string;
  readonly env: string;
}

/**
 * The two files of an installation. A database URL with a password goes into `.env`, since the configuration is often
 * kept with the code. An existing `.env` keeps its lines, its secret above all: links in mails were signed with it. What an
 * existing configuration says beside the answers stays too.
 */
export function planFiles(
  answers: Answers,
  { env, config: base = {}, secrets = {} }: PresentFiles,
  random: Random,
): PlannedFiles {
  const { 'database.url': url = '', ...others } = answers;
  const secretUrl = hasPassword(url);
  const config = secretUrl ? withoutUrl(documentOf(others, base)) : documentOf(answers, base);
  const added = [
    {
      name: 'REFERRAL_SECRET',
      comment: 'Signs the links in mails and hashes suppressed addresses. Keep it, and keep it to yourself.',
      value: `${GENERATED_PREFIX}${Buffer.from(random.bytes(32)).toString('base64url')}`,
    },
    ...(secretUrl
      ? [{ name: 'REFERRAL_DATABASE_URL', comment: 'The database, with its password.', value: url }]
      : []),
    ...Object.entries(secrets).map(([name, value]) => ({ name, comment: 'For the mail provider.', value })),
  ];
  return { config: `${JSON.stringify(config, null, 2)}\n`, env: addVariables(env ?? '', added) };
}

interface Variable {
  readonly name: string;
  readonly comment: string;
  readonly value: string;
}

function addVariables(text: string, variables: readonly Variable[]): string {
  const known = parse(text);
  const missing = variables.filter(({ name }) => known[name] === undefined || known[name] === '');
  const start = text === '' || text.endsWith('\n') ? text : `${text}\n`;
  return (
    start + missing.map(({ name, comment, value }) => `# ${comment}\n${name}=${quote(value)}\n`).join('')
  );
}

function quote(value: string): string {
  return /^[\w.:/@%+?=&-]*$/.test(value) ? value : `'${value}'`;
}

function hasPassword(url: string): boolean {
  try {
    return new URL(url).password !== '';
  } catch {
    return false;
  }
}

function withoutUrl({
  database,
  ...others
}: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const { url: _, ...rest } = (database ?? {}) as Record<string, unknown>;
  return Object.keys(rest).length === 0 ? others : { database: rest, ...others };
}
