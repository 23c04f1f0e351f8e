import { parseSync, Visitor } from 'oxc-parser';

export interface Import {
  /** As written: a package, or a path from this file. */
  readonly from: string;
  /** `type` vanishes when the types are stripped, `value` loads with the file, `dynamic` on first use. */
  readonly kind: 'type' | 'value' | 'dynamic';
  readonly names: readonly string[];
  readonly line: number;
}

/** A use of something global: `Date.now`, `new Date`, `process.exit`. */
export interface GlobalUse {
  readonly name: string;
  readonly line: number;
}

export interface SourceModule {
  readonly path: string;
  readonly imports: readonly Import[];
  readonly globals: readonly GlobalUse[];
}

/** What a TypeScript file imports and which globals it uses. Throws when it does not parse. */
export function readModule(path: string, source: string): SourceModule {
  const parsed = parseSync(path, source);
  const [error] = parsed.errors;
  if (error !== undefined) throw new SyntaxError(`${path}: ${error.message}`);
  const lineAt = (offset: number) => source.slice(0, offset).split('\n').length;
  return {
    path,
    imports: [
      ...listStaticImports(parsed.module, lineAt),
      ...parsed.module.dynamicImports.map((dynamic) => ({
        from: source
          .slice(dynamic.moduleRequest.start, dynamic.moduleRequest.end)
          .replaceAll(/^['"`]|['"`]$/g, ''),
        kind: 'dynamic' as const,
        names: [],
        line: lineAt(dynamic.start),
      })),
    ],
    globals: listGlobals(parsed.program, lineAt),
  };
}

type Parsed = ReturnType<typeof parseSync>;

function listStaticImports(module: Parsed['module'], lineAt: (offset: number) => number): Import[] {
  const imports = module.staticImports.map(({ moduleRequest, entries, start }) => ({
    from: moduleRequest.value,
    kind: kindOf(entries),
    names: entries.filter((entry) => !entry.isType).map((entry) => entry.importName.name ?? '*'),
    line: lineAt(start),
  }));
  const exports = module.staticExports.flatMap(({ entries, start }) => {
    const [first] = entries;
    if (first?.moduleRequest == null) return [];
    const names = entries.map((entry) => entry.importName.name ?? '*');
    return [{ from: first.moduleRequest.value, kind: kindOf(entries), names, line: lineAt(start) }];
  });
  return [...imports, ...exports];
}

// `import 'x'` has no entries and loads x; `import type { … }` marks every entry.
function kindOf(entries: readonly { readonly isType: boolean }[]): 'type' | 'value' {
  return entries.length > 0 && entries.every((entry) => entry.isType) ? 'type' : 'value';
}

function listGlobals(program: Parsed['program'], lineAt: (offset: number) => number): GlobalUse[] {
  const uses: GlobalUse[] = [];
  const use = (name: string, start: number) => uses.push({ name, line: lineAt(start) });
  new Visitor({
    MemberExpression(node) {
      if (node.object.type !== 'Identifier' || node.computed) return;
      if (node.property.type === 'Identifier') use(`${node.object.name}.${node.property.name}`, node.start);
    },
    NewExpression(node) {
      if (node.callee.type !== 'Identifier') return;
      if (node.arguments.length === 0) use(`new ${node.callee.name}()`, node.start);
    },
    CallExpression(node) {
      if (node.callee.type === 'Identifier') use(`${node.callee.name}()`, node.start);
    },
  }).visit(program);
  return uses;
}
