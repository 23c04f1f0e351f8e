import { setImmediate } from 'node:timers/promises';

/** Hears how far work has come, and of how much where that is known. What it throws ends the work. */
export type OnProgress = (done: number, total?: number) => void;

/** Tells `listener` how far work has come; then a signal can come in and the progress be drawn. */
export async function tellProgress<Told extends readonly number[]>(
  listener: ((...told: Told) => void) | undefined,
  ...told: Told
): Promise<void> {
  listener?.(...told);
  await setImmediate();
}
