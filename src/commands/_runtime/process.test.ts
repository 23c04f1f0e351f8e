import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';

const PROGRAM = `
  import { currentProcess } from ${JSON.stringify(new URL('process.ts', import.meta.url).href)};
  const host = currentProcess();
  host.onSignal(() => {});
  // What there is to tidy up at the end gives the signals time to come in between.
  globalThis.ballast = Array.from({ length: 300_000 }, (_, index) => ({ text: String(index) }));
  host.setExitCode(130);
  host.stdout.write('listening');
`;

test('signals up to the very end do not change how the process ends', async () => {
  for (let round = 0; round < 5; round++) {
    const child = spawn(process.execPath, ['--input-type=module', '--eval', PROGRAM], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const ended = once(child, 'close');
    await once(child.stdout, 'data');
    const signals = setInterval(() => child.kill('SIGINT'), 1);
    const end = await ended;
    clearInterval(signals);
    expect(end).toEqual([130, null]);
  }
});
