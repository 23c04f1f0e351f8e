import { readdir, readFile } from 'node:fs/promises';
import { basename, extname, join, resolve } from 'node:path';
import { z } from 'zod';
import { ReferralError } from '../errors.ts';
import { packageRoot } from '../package.ts';
import {
  DEFAULT_SUBJECT,
  type FoundTemplate,
  hashTemplate,
  type TemplateDocument,
  templateSchema,
} from './template-document.ts';

const companionSchema = templateSchema.omit({ name: true, mjml: true }).partial();

/** The names of the templates that ship with this program. */
export async function listShippedNames(): Promise<readonly string[]> {
  const files = await readdir(shippedFolder());
  return files.filter((file) => file.endsWith('.mjml')).map((file) => basename(file, '.mjml'));
}

/** A template that ships with this program. */
export async function readShipped(name: string): Promise<FoundTemplate> {
  return { ...(await readTemplate(`${name}.mjml`, shippedFolder())), origin: 'shipped' };
}

/** Reads NAME.mjml and, beside it, NAME.json with subject, preheader, description and sample data. */
export async function readTemplate(file: string, directory: string): Promise<FoundTemplate> {
  const stem = file.slice(0, file.length - extname(file).length);
  const mjml = await readText(`${stem}.mjml`, directory);
  const companion = await readCompanion(`${stem}.json`, directory);
  const subject = companion.subject ?? findTitle(mjml) ?? DEFAULT_SUBJECT;
  if (mjml === '') {
    throw new ReferralError('input_unusable', `${stem}.mjml can't be used`, {
      reason: 'the file is empty',
      hint: 'Start from a copy: referral templates duplicate launch NAME',
    });
  }
  const document = templateSchema.parse({ ...companion, name: slugOf(basename(stem)), subject, mjml });
  return { ...document, sha256: hashTemplate(document), file: `${stem}.mjml`, origin: 'file' };
}

async function readCompanion(file: string, directory: string): Promise<Partial<TemplateDocument>> {
  let text: string;
  try {
    text = await readFile(resolve(directory, file), 'utf8');
  } catch {
    return {};
  }
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw unusable(file, error instanceof Error ? error.message : String(error));
  }
  const { data, error } = companionSchema.safeParse(json);
  if (data !== undefined) {
    return Object.fromEntries(Object.entries(data).filter(([, value]) => value !== undefined));
  }
  throw unusable(file, z.prettifyError(error).replace(/\s*\n\s*/g, ' '));
}

function unusable(file: string, reason: string): ReferralError {
  return new ReferralError('input_unusable', `${file} can't be used`, {
    reason,
    hint: 'It is a JSON object with subject, preheader, description and sample.',
  });
}

async function readText(file: string, directory: string): Promise<string> {
  try {
    return await readFile(resolve(directory, file), 'utf8');
  } catch (error) {
    throw new ReferralError('input_missing', `There is no template file ${file}`, {
      hint: 'List the templates that have a name: referral templates list',
      cause: error,
    });
  }
}

function findTitle(mjml: string): string | undefined {
  const title = /<mj-title>([\s\S]*?)<\/mj-title>/i.exec(mjml)?.[1]?.replace(/\s+/g, ' ').trim();
  return title === '' ? undefined : title;
}

function slugOf(name: string): string {
  const slug = name
    .normalize('NFD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');
  return slug === '' ? 'template' : slug;
}

function shippedFolder(): string {
  return join(packageRoot(), 'templates');
}
