import { describe, expect, it } from 'vitest';
import { type LiveOptions, printLive } from './print-live.ts';

const FRAMES = [
  { name: 'a', count: 1 },
  { name: 'b', count: 22 },
];

async function print(options: Partial<LiveOptions>): Promise<string> {
  let printed = '';
  const sink = {
    write: (chunk: string | Uint8Array) => {
      printed += chunk.toString();
      return Promise.resolve(true);
    },
    commit: () => Promise.resolve(),
    abandon: () => Promise.resolve(),
  };
  const result = {
    kind: 'live' as const,
    columns: [{ key: 'name' }, { key: 'count' }],
    frames: (async function* () {
      yield* FRAMES;
    })(),
    text: (frame: object) => `${Object.values(frame).join('\n')}`,
  };
  await printLive(result, sink, { format: undefined, inPlace: false, width: 80, height: 24, ...options });
  return printed;
}

describe('what changes while it is shown', () => {
  it('is a line each time in a pipe', async () => {
    expect(await print({})).toBe('a\t1\nb\t22\n');
  });

  it('is one JSON document a line for a script, also on a terminal', async () => {
    expect(await print({ format: 'json', inPlace: true })).toBe(
      '{"name":"a","count":1}\n{"name":"b","count":22}\n',
    );
  });

  it('is rows under a header for a spreadsheet', async () => {
    expect(await print({ format: 'csv' })).toBe('name,count\na,1\nb,22\n');
  });

  it('is written over on a terminal, each line cut to fit, and no more of them than it has rows', async () => {
    expect(await print({ inPlace: true, width: 3 })).toBe('a\n1\n\u001b[2A\u001b[0Jb\n22\n');
    expect(await print({ inPlace: true, width: 2, height: 2 })).toBe('a\n\u001b[1A\u001b[0Jb\n');
  });
});
