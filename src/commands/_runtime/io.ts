import type { Readable, Writable } from 'node:stream';

/** The streams of a process and what is known about the terminal behind them; a test passes its own. */
export interface Io {
  readonly stdin: Readable;
  readonly stdout: Writable;
  readonly stderr: Writable;
  readonly stdinIsTerminal: boolean;
  readonly stdoutIsTerminal: boolean;
  readonly stderrIsTerminal: boolean;
  /** Columns of the terminal; 80 when there is none. */
  readonly width: number;
  /** Rows of the terminal; 24 when there is none. */
  readonly height: number;
  readonly colors: boolean;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly directory: string;
}
