import { z } from 'zod';
import { isTimezone, parseDuration } from '../../core/time.ts';

// Apart from the descriptions in global-options.ts: the help of the program must not wait for zod.
const duration = z.string().transform((text) => parseDuration(text));

const timezone = z.string().refine(isTimezone, {
  error: ({ input }) => `"${input}" is not an IANA time zone, such as Europe/Amsterdam or UTC`,
});

export const globalsSchema = z.object({
  database: z.string().optional(),
  config: z.string().optional(),
  format: z.enum(['table', 'json', 'ndjson', 'csv', 'xlsx', 'html']).optional(),
  json: z.boolean().default(false),
  readOnly: z.boolean().default(false),
  output: z.string().min(1).optional(),
  force: z.boolean().default(false),
  dryRun: z.boolean().default(false),
  yes: z.boolean().default(false),
  input: z.boolean().default(true),
  confirm: z.string().optional(),
  quiet: z.boolean().default(false),
  verbose: z.boolean().default(false),
  color: z.enum(['auto', 'always', 'never']).default('auto'),
  logFormat: z.enum(['text', 'json']).default('text'),
  timezone: timezone.optional(),
  lockWait: duration.optional(),
  skipIfLocked: z.boolean().default(false),
});

export type GlobalOptions = z.infer<typeof globalsSchema>;
