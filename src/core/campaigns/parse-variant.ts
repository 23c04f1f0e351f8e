import { nearest } from '../did-you-mean.ts';
import { ReferralError } from '../errors.ts';
import { DEFAULT_VARIANT } from './campaign.ts';

/** What `--variant` asks for; null, or nothing, keeps the campaign's own. */
export interface RequestedVariant {
  readonly name: string;
  readonly subject: string | null;
  readonly preheader?: string | null;
  /** A template's name or file. */
  readonly template?: string | null;
}

const NAME = /^[A-Za-z0-9][A-Za-z0-9_-]{0,39}$/;
const PARTS = ['subject', 'preheader', 'template'] as const;

type VariantPart = (typeof PARTS)[number];

interface PartOfVariant {
  readonly name: string;
  readonly part: VariantPart;
  readonly value: string;
}

/**
 * The variants of a campaign, one named `default` when none is given. One that differs in several parts is written
 * several times: `A:subject=…`, `A:template=…`. Throws `usage`.
 */
export function parseVariants(texts: readonly string[]): readonly RequestedVariant[] {
  const variants = new Map<string, RequestedVariant>();
  if (texts.length === 0) return [emptyVariant(DEFAULT_VARIANT)];
  for (const { name, part, value } of texts.map(parsePart)) {
    const variant = variants.get(name) ?? emptyVariant(name);
    if (typeof variant[part] === 'string') {
      throw new ReferralError('usage', `two variants have the same name: ${name} has two ${part}s`, {
        hint: 'Give each variant its own name.',
      });
    }
    variants.set(name, { ...variant, [part]: value });
  }
  return [...variants.values()];
}

/** A subject line or preheader as typed. Throws `usage` when it is empty or has a line break, which would end the header. */
export function parseSubject(text: string, what: string, part: 'subject' | 'preheader' = 'subject'): string {
  if (text.trim() === '')
    throw new ReferralError('usage', `${what}: the ${part} is empty`, {
      hint: `Write one, or leave ${what} out.`,
    });
  // biome-ignore lint/suspicious/noControlCharactersInRegex: NUL and what ends a line are what is refused
  if (/[\r\n\u0000\u0085\u2028\u2029]/.test(text)) {
    throw new ReferralError('usage', `${what}: the ${part} has a line break`, {
      hint: 'Write it on one line.',
    });
  }
  return text.trim();
}

function emptyVariant(name: string): RequestedVariant {
  return { name, subject: null, preheader: null, template: null };
}

function parsePart(text: string): PartOfVariant {
  const [, name = '', field = '', value = ''] = /^([^:]*):([^=]*)=(.*)$/s.exec(text) ?? [];
  if (!NAME.test(name) || field === '') {
    throw new ReferralError('usage', `--variant "${text}" is not NAME:subject=TEXT`, {
      hint: 'Write it like: --variant "A:subject=Your code is here, {{ first_name }}"',
    });
  }
  const part = PARTS.find((known) => known === field);
  if (part === undefined) {
    throw new ReferralError('usage', `--variant ${name}: "${field}" is not a part that can vary`, {
      hint: `The part is ${nearest(field, PARTS) ?? 'subject, preheader or template'}: --variant "${name}:subject=TEXT"`,
    });
  }
  const what = `--variant ${name}`;
  if (part !== 'template') return { name, part, value: parseSubject(value, what, part) };
  if (value.trim() === '')
    throw new ReferralError('usage', `${what}: the template is empty`, {
      hint: 'Name one of: referral templates list',
    });
  return { name, part, value: value.trim() };
}
