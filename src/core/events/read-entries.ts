import type { KeyObject } from 'node:crypto';
import { ReferralError } from '../errors.ts';
import { parseSendgridEvent } from './parse-sendgrid-event.ts';
import type { ProviderEvent } from './provider-event.ts';
import { splitJsonEntries } from './split-json-entries.ts';
import { isSigned } from './verify-signature.ts';

/** An event, or undefined for an entry that is none or that nobody has signed. */
export type ReadEntry = ProviderEvent | undefined;

/**
 * Reads a file of webhook bodies. An entry is an event, or a body kept together with its signature:
 * `{"timestamp", "signature", "payload"}`; with a `key` only events in such signed bodies are taken. Throws `input_unusable`.
 */
export async function* readEntries(
  bytes: AsyncIterable<Uint8Array>,
  key: KeyObject | undefined,
): AsyncGenerator<ReadEntry> {
  for await (const entry of readJson(bytes)) {
    const body = signedBodyOf(entry);
    if (body === undefined) yield key === undefined ? parseSendgridEvent(entry) : undefined;
    else if (key !== undefined && !isSigned(key, body.timestamp, body.payload, body.signature))
      yield undefined;
    else yield* readBody(body.payload);
  }
}

// Undefined in place of what is no JSON.
async function* readJson(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<unknown> {
  let entries = 0;
  let broken = 0;
  for await (const text of splitJsonEntries(assertJson(decode(bytes)))) {
    const entry = text === undefined ? undefined : parseJson(text);
    entries += 1;
    if (entry === undefined) broken += 1;
    yield entry;
  }
  if (entries > 0 && broken === entries) throw unusable('nothing in it is JSON');
}

/** The events of one body. */
export async function* readBody(payload: string): AsyncGenerator<ReadEntry> {
  for await (const text of splitJsonEntries(oneChunk(payload))) {
    yield text === undefined ? undefined : parseSendgridEvent(parseJson(text));
  }
}

async function* oneChunk(text: string): AsyncGenerator<string> {
  yield text;
}

async function* decode(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8');
  for await (const chunk of bytes) yield decoder.decode(chunk, { stream: true });
  yield decoder.decode();
}

/** Passes the text on when it begins like JSON. */
async function* assertJson(chunks: AsyncIterable<string>): AsyncGenerator<string> {
  let isKnown = false;
  for await (const chunk of chunks) {
    const first = chunk.trimStart()[0];
    if (!isKnown && first !== undefined) {
      if (first !== '[' && first !== '{') throw unusable('it does not begin with [ or {');
      isKnown = true;
    }
    yield chunk;
  }
  if (!isKnown) throw unusable('it is empty');
}

function unusable(reason: string): ReferralError {
  return new ReferralError('input_unusable', 'The file holds no event webhook bodies', {
    reason,
    hint: 'Give the bodies that SendGrid posted: JSON arrays, or one JSON object per line.',
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

interface SignedBody {
  readonly timestamp: string;
  readonly signature: string;
  readonly payload: string;
}

function signedBodyOf(entry: unknown): SignedBody | undefined {
  if (typeof entry !== 'object' || entry === null) return undefined;
  const { timestamp, signature, payload, body } = entry as Record<string, unknown>;
  const text = payload ?? body;
  if (typeof signature !== 'string' || typeof text !== 'string') return undefined;
  return { timestamp: String(timestamp), signature, payload: text };
}
