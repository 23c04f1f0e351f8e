import { z } from 'zod';
import { canonicalJson, sha256 } from '../canonical-json.ts';

/** The subject of a template file that has none. */
export const DEFAULT_SUBJECT = '{{ contest_name }}';

// Of `attributes`, `segments` and `scores`.
const member = z.union([z.string(), z.number(), z.boolean()]);

/** What a template is made of. Two with the same content are the same version. */
export const templateSchema = z.strictObject({
  name: z.string().regex(/^[a-z0-9][a-z0-9-]*$/, 'must be lower-case letters, digits and hyphens'),
  description: z.string().default(''),
  subject: z.string().min(1, 'must not be empty'),
  /** The line that mail programs show after the subject. */
  preheader: z.string().default(''),
  mjml: z.string().min(1, 'must not be empty'),
  /** Sample data for previews, by variable name. */
  sample: z
    .record(
      z.string(),
      z.union([z.string(), z.number(), z.boolean(), z.null(), z.record(z.string(), member)]),
    )
    .default({}),
});

export type TemplateDocument = z.infer<typeof templateSchema>;

/** A document and where it was found. */
export interface FoundTemplate extends TemplateDocument {
  readonly sha256: string;
  /** Counted per name; undefined for a file and for a shipped template that was never saved. */
  readonly version?: number;
  /** What messages call its source: a file's path, or `launch.mjml`. */
  readonly file: string;
  readonly origin: 'file' | 'database' | 'shipped';
  readonly updated_at?: string;
}

/** The document alone, without where it was found. */
export function documentOf(template: TemplateDocument): TemplateDocument {
  const { name, description, subject, preheader, mjml, sample } = template;
  return { name, description, subject, preheader, mjml, sample };
}

/** SHA-256 over the canonical JSON of the document. */
export function hashTemplate(template: TemplateDocument): string {
  return sha256(canonicalJson(documentOf(template)));
}
