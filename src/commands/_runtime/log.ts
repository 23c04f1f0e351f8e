import type { Writable } from 'node:stream';
import type { Clock } from '../../core/clock.ts';
import type { Palette } from './palette.ts';
import { plainLines } from './plain-text.ts';

export type Level = 'info' | 'detail' | 'warning' | 'error';

/** Lines on stderr: notes, warnings, errors. */
export interface Log {
  line(level: Level, text: string): void;
}

export interface LogOptions {
  readonly stream: Writable;
  readonly clock: Clock;
  readonly json: boolean;
  readonly quiet: boolean;
  readonly verbose: boolean;
  readonly redact: (text: string) => string;
  readonly palette: Palette;
}

export function createLog({ stream, clock, json, quiet, verbose, redact, palette }: LogOptions): Log {
  // Nobody reads stderr any more: that must not stop the work.
  stream.on('error', () => {});
  return {
    line(level, text) {
      if (level === 'detail' && !verbose) return;
      if (level === 'info' && quiet) return;
      const message = redact(text);
      const line = json
        ? JSON.stringify({ time: clock.now(), level, message })
        : level === 'warning'
          ? `${palette.attention('warning:')} ${plainLines(message)}`
          : plainLines(message);
      stream.write(`${line}\n`);
    },
  };
}
