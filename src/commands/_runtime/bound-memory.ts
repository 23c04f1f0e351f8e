import { setFlagsFromString } from 'node:v8';
import { collectGarbage } from '../../core/collect-garbage.ts';

/*
 * How much V8 keeps before it tidies up grows with the memory of the machine: 128 MB for young objects alone, which stay
 * reserved once they were used. Planning and sending make much that is needed for a moment and keep next to nothing.
 */
const FLAGS = [
  '--heap-growing-percent=80',
  // Young objects are tidied up thousands of times, in less time than it takes to wake other threads for it.
  '--no-parallel-scavenge',
];
// The place for young objects begins with 1 MB and stays so, or takes a page of rows: else whatever is in it when it is full is copied, most of the page.
const grownBy = (factor: number): string => `--semi-space-growth-factor=${factor}`;
const YOUNG_GROWTH = 8;
// Together larger than the place is at the start.
const SURVIVORS = 16_000;
// Of libuv's pool, which compresses: each thread keeps what it needed once, up to 30 MB. It starts with its first work.
const POOL_THREADS = '2';

interface Needs {
  /** Does it make much that is needed for a moment? */
  readonly streams: boolean;
  /** Does it compress, or the opposite? */
  readonly packs: boolean;
}

/** Makes this process tidy up its memory earlier, from now on; `environment` is its own. */
export function boundMemory({ streams, packs }: Needs, environment: NodeJS.ProcessEnv): void {
  for (const flag of FLAGS) setFlagsFromString(flag);
  if (streams) growYoung();
  else setFlagsFromString(grownBy(1));
  if (packs) environment['UV_THREADPOOL_SIZE'] ??= POOL_THREADS;
}

/** Makes room for young objects once, which then stays as it is. V8 takes its size from the command line only, and else makes it grow when as much survives. */
function growYoung(): void {
  setFlagsFromString(grownBy(YOUNG_GROWTH));
  const survivors = Array.from({ length: SURVIVORS }, (_, index) => ({ index, held: [index] }));
  collectGarbage('minor');
  setFlagsFromString(grownBy(1));
  // Read afterwards, so that they survive.
  survivors.length = 0;
}
