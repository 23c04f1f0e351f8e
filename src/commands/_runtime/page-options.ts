import { z } from 'zod';
import type { OptionSpec } from './command.ts';

/** The flags of every list. */
export const PAGE_OPTIONS: readonly OptionSpec[] = [
  { flags: '--limit <n>', description: 'at most this many rows', defaultText: 'all' },
  { flags: '--offset <n>', description: 'leave out this many rows first', defaultText: '0' },
];

/** What they become: spread it into the input schema of a list. */
export const pageFields = {
  limit: z.coerce.number().int().min(0).optional(),
  offset: z.coerce.number().int().min(0).default(0),
};
