import type { Engine, Queries } from './database.ts';

/** Which engine a database or transaction speaks to: the adapters of our dialects carry it. */
export function engineOf(queries: Queries): Engine {
  const adapter = queries.getExecutor().adapter as { readonly engine?: Engine };
  if (adapter.engine === undefined)
    throw new TypeError('this kysely instance was not opened by openDatabase');
  return adapter.engine;
}
