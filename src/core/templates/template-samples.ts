import type { TemplateDocument } from './template-document.ts';
import type { Values } from './values.ts';
import { sampleValues } from './variables.ts';

/** Values to preview a template with: its own sample data over those of the catalogue; null means no value. */
export function templateSamples({ sample }: Pick<TemplateDocument, 'sample'>): Values {
  return { ...sampleValues(), ...sample };
}
