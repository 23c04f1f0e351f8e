import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { ReferralError } from '../errors.ts';

/** A JSON object of names and values. Throws `input_unusable`. */
export async function readSettingsDocument(input: Readable): Promise<Record<string, unknown>> {
  const content = await text(input);
  let document: unknown;
  try {
    document = JSON.parse(content.replace(/^\uFEFF/, ''));
  } catch (cause) {
    throw unusable(cause instanceof Error ? cause.message : String(cause));
  }
  if (typeof document === 'object' && document !== null && !Array.isArray(document)) {
    return document as Record<string, unknown>;
  }
  throw unusable('it is not an object of names and values');
}

function unusable(reason: string): ReferralError {
  return new ReferralError('input_unusable', 'The settings can not be read', {
    reason,
    hint: 'See what a good file looks like: referral settings export',
  });
}
