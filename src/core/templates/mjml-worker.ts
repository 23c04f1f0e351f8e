import { parentPort } from 'node:worker_threads';

/** What the thread is asked. */
export interface MjmlTask {
  readonly id: number;
  readonly source: string;
}

export interface MjmlError {
  readonly line?: number;
  readonly message: string;
  readonly tagName: string;
}

/** What it answers; `failure` when the source is no MJML at all. */
export type MjmlAnswer = { readonly id: number } & (
  | { readonly html: string; readonly errors: readonly MjmlError[] }
  | { readonly failure: string }
);

// Before anything is asked: loading takes longer than converting.
const loading = import('mjml');

parentPort?.on('message', async ({ id, source }: MjmlTask) => {
  parentPort?.postMessage(await convert(id, source));
});

async function convert(id: number, source: string): Promise<MjmlAnswer> {
  const { default: mjml2html } = await loading;
  try {
    const { html, errors } = (await mjml2html(source, {
      validationLevel: 'soft',
      keepComments: true,
      fonts: {},
    })) as { html: string; errors: readonly MjmlError[] };
    // An error of MJML holds the whole element, which is nothing for another thread.
    const plain = errors.map(({ line, message, tagName }) => ({
      ...(line === undefined ? {} : { line }),
      ...{ message, tagName },
    }));
    return { id, html, errors: plain };
  } catch (error) {
    return { id, failure: error instanceof Error ? error.message : String(error) };
  }
}
