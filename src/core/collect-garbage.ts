import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

interface Collection {
  readonly type: 'major' | 'minor';
  readonly execution: 'sync';
}

let collect: ((collection: Collection) => void) | undefined;

/** Collects garbage now: all of it, or of the young objects only. */
export function collectGarbage(type: Collection['type']): void {
  if (collect === undefined) {
    setFlagsFromString('--expose-gc');
    collect = runInNewContext('gc') as (collection: Collection) => void;
  }
  collect({ type, execution: 'sync' });
}

/**
 * Collects garbage and gives the memory back to the system. For work that streams a million of something: V8 waits until
 * its heap has grown by hundreds of megabytes, however little of it is still used. Takes about a tenth of a second.
 */
export function releaseMemory(): void {
  // As a last resort, which gives back more, V8 would also take the place for young objects back to its smallest.
  collectGarbage('major');
}
