import { z } from 'zod';
import { parseRate } from '../campaigns/parse-rate.ts';
import type { DomainClasses } from '../limits/domain-class.ts';
import { findFrequencyCap } from '../limits/frequency-cap.ts';
import type { WarmUp } from '../limits/warm-up.ts';

const ACCOUNTS = ['outbox', 'smtp', 'sendgrid'] as const;

const account = z.enum(ACCOUNTS, { error: 'accounts are outbox, smtp and sendgrid' });
const className = z.string().regex(/^[a-z][a-z0-9_-]{0,30}$/, 'a class is named by lower-case letters');
const volume = z.number().int().min(0);
const rate = z.string().refine(isRate, 'write a rate: 100/s, 600/m, 5000/h');
const domain = z
  .string()
  .regex(/^(?:[a-z0-9-]+\.)+(?:\*|[a-z0-9-]+)$/i, 'write domains: gmail.com, or yahoo.* for every ending');
const day = z.iso.date('write a day: 2026-03-01');

export const domainClassesSchema: z.ZodType<DomainClasses> = z.record(className, z.array(domain));
export const domainRatesSchema: z.ZodType<Readonly<Record<string, string>>> = z.record(className, rate);
export const accountRatesSchema: z.ZodType<Readonly<Record<string, string>>> = z.partialRecord(account, rate);
export const accountCapsSchema: z.ZodType<Readonly<Record<string, number>>> = z.partialRecord(
  account,
  volume,
);
export const warmUpSchema: z.ZodType<Readonly<Record<string, WarmUp>>> = z.partialRecord(
  account,
  z.union(
    [
      z.strictObject({ starts_on: day, volumes: z.array(volume).min(1) }),
      z.strictObject({
        starts_on: day,
        start: volume.min(1),
        factor: z.number().min(1).max(100),
        days: z.number().int().min(1).max(365),
      }),
    ],
    {
      error:
        'write {"starts_on":"2026-03-01","volumes":[50,100]} or {"starts_on":"2026-03-01","start":50,"factor":2,"days":10}',
    },
  ),
);
export const frequencyCapSchema: z.ZodType<string | null> = z
  .string()
  .refine((text) => findFrequencyCap(text) !== undefined, 'write mails and days: 2/7d')
  .nullable();

function isRate(text: string): boolean {
  try {
    return parseRate(text) > 0;
  } catch {
    return false;
  }
}
