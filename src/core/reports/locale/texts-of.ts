import { DE } from './de.ts';
import { EN } from './en.ts';
import { ES } from './es.ts';
import { FR } from './fr.ts';
import { NL } from './nl.ts';
import type { Locale, Texts } from './texts.ts';

const TEXTS: Readonly<Record<Locale, Texts>> = { en: EN, nl: NL, de: DE, fr: FR, es: ES };

/** The texts of a language. */
export function textsOf(locale: Locale): Texts {
  return TEXTS[locale];
}
