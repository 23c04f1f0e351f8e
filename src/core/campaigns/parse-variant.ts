import { nearest } from '../did-you-mean.ts';
import { ReferralError } from '../errors.ts';
import { DEFAULT_VARIANT, type Variant } from './campaign.ts';

const NAME = /^[A-Za-z0-9][A-Za-z0-9_-]{0,39}$/;

/** `A:subject=Your code is here` → a variant. Throws `usage`. */
export function parseVariant(text: string): Variant {
  const [, name = '', field = '', value = ''] = /^([^:]*):([^=]*)=(.*)$/s.exec(text) ?? [];
  if (!NAME.test(name) || field === '') {
    throw new ReferralError('usage', `--variant "${text}" is not NAME:subject=TEXT`, {
      hint: 'Write it like: --variant "A:subject=Your code is here, {{ first_name }}"',
    });
  }
  if (field !== 'subject') {
    throw new ReferralError('usage', `--variant ${name}: "${field}" is not a part that can vary`, {
      hint: `The part is ${nearest(field, ['subject']) ?? 'subject'}: --variant "${name}:subject=TEXT"`,
    });
  }
  return { name, subject: parseSubject(value, `--variant ${name}`) };
}

/** The variants of a campaign, one named `default` when none is given. Throws `usage` when a name comes twice. */
export function parseVariants(texts: readonly string[]): readonly Variant[] {
  const variants = texts.map(parseVariant);
  const names = new Set(variants.map((variant) => variant.name));
  if (names.size < variants.length) {
    throw new ReferralError('usage', 'two variants have the same name', {
      hint: 'Give each --variant its own name.',
    });
  }
  return variants.length === 0 ? [{ name: DEFAULT_VARIANT, subject: null }] : variants;
}

/** A subject line as typed. Throws `usage` when it is empty or has a line break, which would end the header. */
export function parseSubject(text: string, what: string): string {
  if (text.trim() === '') throw new ReferralError('usage', `${what}: the subject is empty`);
  if (/[\r\n\u2028\u2029\0]/.test(text)) {
    throw new ReferralError('usage', `${what}: the subject has a line break`, {
      hint: 'Write it on one line.',
    });
  }
  return text.trim();
}
