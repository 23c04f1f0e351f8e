import type { Context } from '../_runtime/context.ts';
import type { Result } from '../_runtime/result.ts';

/** The page itself, or what became of printing it. */
export async function deliverPage(context: Context, page: string, pdf: string | undefined): Promise<Result> {
  if (pdf === undefined) return { kind: 'file', content: page };
  const { printPage } = await import('./print-page.ts');
  return { kind: 'object', data: await printPage(context, page, pdf) };
}
