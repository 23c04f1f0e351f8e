import type { SingleBar } from 'cli-progress';
import type { Clock } from '../../core/clock.ts';
import type { Progress } from './context.ts';
import type { Io } from './io.ts';
import type { Log } from './log.ts';

const BAR_AFTER_MS = 500;
const LINE_EVERY_MS = 30_000;

/** The line of a terminal on which progress is shown. */
interface Line {
  /** Takes away what is there. */
  clear?: (() => void) | undefined;
}

/**
 * Bars with rate and time left on a terminal, one at a time: that of the work that told last; elsewhere one plain line every 30 seconds. Nothing
 * for quick work.
 */
export function progressOn(io: Io, log: Log, clock: Clock, quiet: boolean): (label: string) => Progress {
  const line: Line = {};
  return (label) => {
    if (quiet) return { update: () => {}, stop: () => {} };
    return io.stderrIsTerminal ? barProgress(label, io, clock, line) : lineProgress(label, log, clock);
  };
}

function lineProgress(label: string, log: Log, clock: Clock): Progress {
  const startedAt = clock.milliseconds();
  let nextLineAt = startedAt + LINE_EVERY_MS;
  let first: number | undefined;
  return {
    update(done, total) {
      first ??= done;
      const now = clock.milliseconds();
      if (now < nextLineAt) return;
      nextLineAt = now + LINE_EVERY_MS;
      log.line('info', `${label}: ${progressText({ first, done, total }, now - startedAt)}`);
    },
    stop: () => {},
  };
}

interface Told {
  /** What was done when it was told for the first time: it took time that nobody measured. */
  readonly first: number;
  readonly done: number;
  readonly total: number | undefined;
}

/** `12,000 of 50,000, 400/s, 1 m 35 s left`; what takes longer than a second is counted by the minute. `elapsedMs` is since the first time. */
export function progressText({ first, done, total }: Told, elapsedMs: number): string {
  const count = done.toLocaleString('en-US');
  const parts = [total === undefined ? count : `${count} of ${total.toLocaleString('en-US')}`];
  const rate = elapsedMs > 0 ? ((done - first) * 1_000) / elapsedMs : 0;
  if (rate <= 0) return parts.join(', ');
  parts.push(rate >= 1 ? `${Math.round(rate)}/s` : `${Math.round(60 * rate)}/min`);
  if (total === undefined) return parts.join(', ');
  const seconds = Math.ceil(Math.max(0, total - done) / rate);
  parts.push(seconds >= 60 ? `${Math.floor(seconds / 60)} m ${seconds % 60} s left` : `${seconds} s left`);
  return parts.join(', ');
}

function barProgress(label: string, io: Io, clock: Clock, line: Line): Progress {
  const startedAt = clock.milliseconds();
  let told: Told | undefined;
  let bar: SingleBar | undefined;
  let loading = false;
  let stopped = false;
  const show = async (): Promise<void> => {
    loading = true;
    const { default: cliProgress } = await import('cli-progress');
    loading = false;
    if (stopped) return;
    line.clear?.();
    line.clear = clear;
    bar = new cliProgress.SingleBar({
      stream: io.stderr as NodeJS.WriteStream,
      format: `${label} {bar} {counts}`,
      hideCursor: true,
      clearOnComplete: true,
      etaBuffer: 50,
    });
    bar.start(1, 0, { counts: '' });
    draw();
  };
  const draw = (): void => {
    if (told === undefined) return;
    const { done, total } = told;
    bar?.setTotal(total ?? Math.max(1, done));
    bar?.update(done, { counts: progressText(told, clock.milliseconds() - startedAt) });
  };
  const clear = (): void => {
    bar?.stop();
    bar = undefined;
    if (line.clear === clear) line.clear = undefined;
  };
  return {
    update(done, total) {
      told = { first: told?.first ?? done, done, total };
      if (bar !== undefined) draw();
      else if (!loading && clock.milliseconds() - startedAt > BAR_AFTER_MS) void show();
    },
    stop() {
      stopped = true;
      clear();
    },
  };
}
