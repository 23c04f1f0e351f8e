import {
  ColumnNode,
  type KyselyPlugin,
  type PluginTransformQueryArgs,
  type PluginTransformResultArgs,
  type RootOperationNode,
  TableNode,
  type UpdateQueryNode,
  ValueNode,
} from 'kysely';
import type { Database } from '../../src/core/database/database.ts';
import type { Transport } from '../../src/core/delivery/transport.ts';

const STATEMENTS = ['claim', 'sending', 'settle'] as const;
type Statement = (typeof STATEMENTS)[number];

/**
 * The moments of the loop at which a sender kills itself: around each of the three writes (before it, after it but before
 * its commit where it has a transaction of its own, after its commit) and around the call of the provider.
 */
export const KILL_POINTS = [
  ...STATEMENTS.flatMap((name) => [`before ${name}`, `after ${name}`, `committed ${name}`] as const),
  'before call',
  'in call',
  'after call',
] as const;
export type KillPoint = (typeof KILL_POINTS)[number];

/** Called when a sender comes to a point. */
export type Reach = (point: KillPoint) => void;

/** The database, with `reach` called around the writes of the send loop. */
export function watchDatabase(database: Database, reach: Reach): Database {
  return {
    ...database,
    // Outside a transaction a write is committed when it returns.
    queries: database.queries.withPlugin(
      new WriteWatch(reach, (statement) => reach(`committed ${statement}`)),
    ),
    async transaction(work, options) {
      const written = new Set<Statement>();
      const watch = new WriteWatch(reach, (statement) => written.add(statement));
      const result = await database.transaction((trx) => work(trx.withPlugin(watch)), options);
      for (const statement of written) reach(`committed ${statement}`);
      return result;
    },
  };
}

/** The transport, with `reach` called around the call, and `in call` some milliseconds after it has begun. */
export function watchTransport(transport: Transport, inCallAfter: number, reach: Reach): Transport {
  return {
    ...transport,
    async deliver(message, mails) {
      reach('before call');
      const timer = setTimeout(() => reach('in call'), inCallAfter);
      const result = await transport.deliver(message, mails);
      clearTimeout(timer);
      reach('after call');
      return result;
    },
  };
}

class WriteWatch implements KyselyPlugin {
  readonly #reach: Reach;
  readonly #written: (statement: Statement) => void;
  readonly #statements = new WeakMap<object, Statement>();

  constructor(reach: Reach, written: (statement: Statement) => void) {
    this.#reach = reach;
    this.#written = written;
  }

  transformQuery({ node, queryId }: PluginTransformQueryArgs): RootOperationNode {
    const statement = statementOf(node);
    if (statement !== undefined) {
      this.#statements.set(queryId, statement);
      this.#reach(`before ${statement}`);
    }
    return node;
  }

  async transformResult({ result, queryId }: PluginTransformResultArgs) {
    const statement = this.#statements.get(queryId);
    if (statement !== undefined) {
      this.#reach(`after ${statement}`);
      this.#written(statement);
    }
    return result;
  }
}

/** Which write of the loop is it? Recognised by the state that it gives to deliveries. */
function statementOf(node: RootOperationNode): Statement | undefined {
  const status = node.kind === 'UpdateQueryNode' ? statusSetBy(node) : statusSetByText(node);
  if (status === 'claimed') return 'claim';
  if (status === 'sending') return 'sending';
  // Settling takes the state from the rows that it is given, or accepts all mails of a request at once.
  return status?.includes('.') === true || status === 'accepted' ? 'settle' : undefined;
}

function statusSetBy({ table, updates }: UpdateQueryNode): string | undefined {
  if (table === undefined || !TableNode.is(table) || table.table.identifier.name !== 'deliveries')
    return undefined;
  for (const { column, value } of updates ?? []) {
    const isStatus = ColumnNode.is(column) && column.column.name === 'status';
    if (isStatus && ValueNode.is(value)) return String(value.value);
  }
  return undefined;
}

function statusSetByText(node: RootOperationNode): string | undefined {
  if (node.kind !== 'RawNode') return undefined;
  return /update\s+deliveries\s.*?\bset\s.*?\bstatus = '?([\w.]+)/s.exec(node.sqlFragments.join('?'))?.[1];
}
