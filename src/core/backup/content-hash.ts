import { createHash, createHmac, type Hash, type Hmac } from 'node:crypto';

/**
 * The hash by which rows are recognised: SHA-256, or, with the key of an encrypted backup, HMAC-SHA256, so that nobody
 * can tell from a manifest whether a row that he guesses is in it.
 */
function createContentHash(key: Uint8Array | undefined): Hash | Hmac {
  return key === undefined ? createHash('sha256') : createHmac('sha256', key);
}

/** The hash of a table: that of the content hashes of its chunks, which end at the same rows wherever it was backed up. In lower-case hex. */
export function tableHash(key: Uint8Array | undefined, contents: readonly string[]): string {
  return createContentHash(key).update(contents.join('\n')).digest('hex');
}

/** The content hash of bytes, in lower-case hex. */
export function contentHash(key: Uint8Array | undefined, bytes: Uint8Array): string {
  return createContentHash(key).update(bytes).digest('hex');
}
