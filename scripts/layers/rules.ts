import { posix } from 'node:path';
import type { GlobalUse, Import, SourceModule } from './read-module.ts';

export interface Violation {
  readonly path: string;
  readonly line: number;
  readonly message: string;
}

/** Folders of core that every feature may build on, queries included. */
const BASE = ['database', 'csv', 'settings', 'audit', 'suppressions', 'selection'];

/** Base folders that know no feature at all. */
const FOUNDATIONS = ['database', 'csv'];

/** Packages that cost more than 20 ms or hold native code: they load on first use. */
const HEAVY =
  /^(cephes|mjml|pg|pg-copy-streams|better-sqlite3|nodemailer|liquidjs|html-to-text|exceljs|cli-progress|iconv-lite|@sendgrid\/.+|@tensorflow\/.+|@inquirer\/.+|@aws-sdk\/.+)$/;

/** Where SQL may be written. */
const SQL_PLACES = /^src\/core\/((database|selection|audit)\/|(?:[a-z-]+\/)+[a-z-]+-queries\.ts$)/;

/** The one place of each thing that makes a program hard to test. */
const BANS: readonly { readonly use: RegExp; readonly place: RegExp; readonly instead: string }[] = [
  {
    use: /^(Date\.now|new Date\(\)|Date\(\)|performance\.now)$/,
    place: /^src\/core\/clock\.ts$/,
    instead: 'take a clock',
  },
  { use: /^Math\.random$/, place: /^$/, instead: 'take a random' },
  {
    use: /^process\./,
    place: /^src\/(main|commands\/_runtime\/process)\.ts$/,
    instead: 'take what it needs from the context',
  },
];

const RANDOM_NAMES = new Set(['randomBytes', 'randomInt', 'randomUUID', 'randomFill', 'randomFillSync']);

/** Every rule about what may import what and who may touch the clock, chance and the process, for one file of `src/`. */
export function findViolations(module: SourceModule): Violation[] {
  const { path } = module;
  return [
    ...module.imports.flatMap((item) => {
      const message = judgeImport(path, item);
      return message === undefined ? [] : [{ path, line: item.line, message }];
    }),
    ...module.globals.flatMap((use) => {
      const message = judgeGlobal(path, use);
      return message === undefined ? [] : [{ path, line: use.line, message }];
    }),
  ];
}

function judgeImport(path: string, item: Import): string | undefined {
  return item.from.startsWith('.')
    ? judgeInternal(path, posix.join(posix.dirname(path), item.from))
    : judgeExternal(path, item);
}

function judgeInternal(path: string, target: string): string | undefined {
  if (/^(test|bench|scripts)\/|\.test\.ts$/.test(target)) return `production code imports ${target}`;
  if (!path.startsWith('src/core/')) return undefined;
  if (!/^(src\/core|migrations)\//.test(target) && target !== 'package.json') {
    return `core imports ${target}, which is above it`;
  }
  const [own, other] = [featureOf(path), featureOf(target)];
  if (other === undefined || own === other) return undefined;
  if (own === undefined) return `a file shared by all features imports ${target}`;
  if (FOUNDATIONS.includes(own)) return `${own}/ is a foundation and imports ${target}`;
  if (target.endsWith('-queries.ts') && !BASE.includes(other)) {
    return `${own}/ imports the queries of ${other}/; ask a service of ${other}/ instead`;
  }
  return undefined;
}

function judgeExternal(path: string, item: Import): string | undefined {
  if (item.kind === 'value' && HEAVY.test(item.from)) {
    return `${item.from} is heavy: load it with await import() on first use`;
  }
  if (item.kind === 'value' && item.from === 'kysely' && !SQL_PLACES.test(path)) {
    return 'SQL belongs into a *-queries.ts file of core';
  }
  if (item.from === 'node:process') return 'take what it needs from the context';
  const random = item.names.find((name) => RANDOM_NAMES.has(name));
  if (/^(node:)?crypto$/.test(item.from) && random !== undefined && path !== 'src/core/random.ts') {
    return `${random} outside src/core/random.ts: take a random`;
  }
  return undefined;
}

function judgeGlobal(path: string, use: GlobalUse): string | undefined {
  const ban = BANS.find((candidate) => candidate.use.test(use.name) && !candidate.place.test(path));
  return ban === undefined ? undefined : `${use.name} is not used here: ${ban.instead}`;
}

// src/core/customers/x.ts → customers; src/core/errors.ts → undefined.
function featureOf(path: string): string | undefined {
  return /^src\/core\/([^/]+)\/./.exec(path)?.[1];
}
