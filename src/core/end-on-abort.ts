import { finished, type Readable } from 'node:stream';

/** Ends an input with an error as soon as the signal is given, so that nobody waits for more of it. Gives the same input. */
export function endOnAbort<Input extends Readable>(
  input: Input,
  signal: AbortSignal,
  reason: () => Error,
): Input {
  const end = (): void => {
    input.destroy(reason());
  };
  if (signal.aborted) end();
  else signal.addEventListener('abort', end, { once: true });
  finished(input, { writable: false }, () => signal.removeEventListener('abort', end));
  return input;
}
