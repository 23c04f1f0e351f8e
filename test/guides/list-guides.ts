import { readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { createDatabaseUrl } from '../engines.ts';
import { startSendgridServer } from '../servers/sendgrid-server.ts';
import { startSmtpSink } from '../servers/smtp-sink.ts';
import type { GuidePlace } from './run-guide.ts';

const FOLDER = resolve(import.meta.dirname, '..', '..', 'docs', 'guides');

export interface GuidePage {
  /** `first-contest.md` */
  readonly name: string;
  readonly path: string;
}

/** Every guide, by name. */
export async function listGuides(): Promise<readonly GuidePage[]> {
  const names = (await readdir(FOLDER)).filter((name) => name.endsWith('.md')).sort();
  return names.map((name) => ({ name, path: join(FOLDER, name) }));
}

export interface GuideSurroundings extends GuidePlace {
  close(): Promise<void>;
}

/** The outside world that a guide speaks of: a mail provider, a mail server, a database server, on this machine. */
export async function surroundGuide(name: string, quickstartFolder: string): Promise<GuideSurroundings> {
  const close = async (): Promise<void> => {};
  if (name === 'reading-the-numbers.md') return { env: {}, from: quickstartFolder, close };
  if (name === 'sendgrid-set-up.md') {
    const server = await startSendgridServer({ apiKey: 'SG.test-key' });
    const env = { SENDGRID_API_KEY: 'SG.test-key', SENDGRID_BASE_URL: server.url };
    return { env, close: () => server.close() };
  }
  if (name === 'smtp.md') {
    const sink = await startSmtpSink();
    return { env: { REFERRAL_SMTP_URL: sink.url }, close: () => sink.close() };
  }
  if (name === 'postgresql.md') {
    const { url, drop } = await createDatabaseUrl('postgres', 'empty');
    return { env: { REFERRAL_DATABASE_URL: url }, close: drop };
  }
  return { env: {}, close };
}
