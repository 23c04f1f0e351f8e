import { ReferralError } from '../errors.ts';

const RATE = /^(\d+(?:\.\d+)?)\s*\/\s*(s|sec|m|min|h|hour)$/;
const SECONDS: Readonly<Record<string, number>> = { s: 1, sec: 1, m: 60, min: 60, h: 3_600, hour: 3_600 };

/** `100/s`, `600/m`, `5000/h` → mails per second. Throws `usage`. */
export function parseRate(text: string): number {
  const [, amount, unit] = RATE.exec(text.trim()) ?? [];
  const rate = Number(amount) / (SECONDS[unit ?? ''] ?? Number.NaN);
  if (!(rate > 0) || rate > 1_000_000) {
    throw new ReferralError('usage', `"${text}" is not a rate`, {
      hint: 'Write mails per second, minute or hour: 100/s, 600/m, 5000/h.',
    });
  }
  return rate;
}
