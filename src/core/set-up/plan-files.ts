import { parse } from 'dotenv';
import { GENERATED_PREFIX } from '../doctor/check-mail-settings.ts';
import type { Random } from '../random.ts';
import { type Answers, documentOf } from './answers.ts';

export interface PlannedFiles {
  readonly config: string;
  readonly env: string;
}

/**
 * The two files of an installation. A database URL with a password goes into `.env`, since the configuration is often
 * kept with the code. An existing `.env` keeps its lines, its secret above all: links in mails were signed with it.
 */
export function planFiles(answers: Answers, existingEnv: string | undefined, random: Random): PlannedFiles {
  const { 'database.url': url = '', ...others } = answers;
  const secretUrl = hasPassword(url);
  const config = documentOf(secretUrl ? others : answers);
  const added = [
    {
      name: 'REFERRAL_SECRET',
      comment: 'Signs the links in mails and hashes suppressed addresses. Keep it, and keep it to yourself.',
      value: `${GENERATED_PREFIX}${Buffer.from(random.bytes(32)).toString('base64url')}`,
    },
    ...(secretUrl
      ? [{ name: 'REFERRAL_DATABASE_URL', comment: 'The database, with its password.', value: url }]
      : []),
  ];
  return { config: `${JSON.stringify(config, null, 2)}\n`, env: addVariables(existingEnv ?? '', added) };
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
