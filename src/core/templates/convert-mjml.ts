import { Worker } from 'node:worker_threads';
import type { MjmlAnswer, MjmlTask } from './mjml-worker.ts';

// Templates that are compiled one after the other share a thread.
const IDLE_MS = 100;
// Who expects to compile one opens a database and reads the template first.
const EXPECTED_MS = 10_000;

interface Thread {
  readonly worker: Worker;
  readonly waiting: Map<number, PromiseWithResolvers<MjmlAnswer>>;
  idle: NodeJS.Timeout | undefined;
}

let thread: Thread | undefined;
let tasks = 0;

/** Starts the thread ahead, which loads the library while this one does something else; it is given up if nothing is asked of it. */
export function expectMjml(): void {
  if (thread !== undefined) return;
  thread = startThread();
  thread.worker.unref();
  endLater(thread, EXPECTED_MS);
}

/**
 * Converts MJML to HTML on a thread that ends soon afterwards: the library takes a hundred megabytes, which a plan or a
 * send of a million mails would otherwise keep to its end.
 */
export async function convertMjml(source: string): Promise<MjmlAnswer> {
  thread ??= startThread();
  const { worker, waiting, idle } = thread;
  clearTimeout(idle);
  tasks += 1;
  const task: MjmlTask = { id: tasks, source };
  const answer = Promise.withResolvers<MjmlAnswer>();
  waiting.set(task.id, answer);
  worker.ref();
  worker.postMessage(task);
  return answer.promise;
}

function startThread(): Thread {
  // From source the worker is TypeScript, which Node strips; installed it is JavaScript.
  const ending = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  const worker = new Worker(new URL(`./mjml-worker.${ending}`, import.meta.url));
  const started: Thread = { worker, waiting: new Map(), idle: undefined };
  const { waiting } = started;
  worker.on('message', (answer: MjmlAnswer) => {
    waiting.get(answer.id)?.resolve(answer);
    waiting.delete(answer.id);
    if (waiting.size > 0) return;
    worker.unref();
    endLater(started, IDLE_MS);
  });
  const fail = (error: unknown): void => {
    if (thread === started) thread = undefined;
    for (const { reject } of waiting.values()) reject(error);
    waiting.clear();
  };
  worker.on('error', fail);
  worker.on('exit', () => fail(new Error('the thread that compiles MJML ended early')));
  return started;
}

function endLater(idle: Thread, milliseconds: number): void {
  idle.idle = setTimeout(() => end(idle), milliseconds).unref();
}

function end(ended: Thread): void {
  if (ended.waiting.size > 0) return;
  if (thread === ended) thread = undefined;
  void ended.worker.terminate();
}
