/** The edges of a directed graph, in sixteen bytes each. */
export interface EdgeList {
  readonly size: number;
  add(from: number, to: number): void;
  fromOf(edge: number): number;
  toOf(edge: number): number;
}

const FIRST_EDGES = 1_024;

/** An empty list of edges. */
export function createEdgeList(): EdgeList {
  let ends = new Float64Array(2 * FIRST_EDGES);
  let size = 0;
  return {
    get size() {
      return size;
    },
    add(from, to) {
      if (2 * size === ends.length) {
        const larger = new Float64Array(2 * ends.length);
        larger.set(ends);
        ends = larger;
      }
      ends[2 * size] = from;
      ends[2 * size + 1] = to;
      size += 1;
    },
    fromOf: (edge) => ends[2 * edge] ?? 0,
    toOf: (edge) => ends[2 * edge + 1] ?? 0,
  };
}

/**
 * The strongly connected components of more than one node of a directed graph, as node → number of its component:
 * an edge within one lies on a cycle. Tarjan, "Depth-first search and linear graph algorithms" (1972), without
 * recursion; time and memory are linear in nodes and edges.
 */
export function findCycles(edges: EdgeList): ReadonlyMap<number, number> {
  const graph = indexGraph(edges);
  const search = beginSearch(graph);
  for (let root = 0; root < graph.names.length; root += 1) {
    if (!search.isSeen(root)) searchFrom(root, graph, search);
  }
  return search.components;
}

function searchFrom(root: number, { starts, targets }: IndexedGraph, search: Search): void {
  search.enter(root);
  for (let node = search.current(); node !== undefined; node = search.current()) {
    const at = search.nextEdge(node);
    if (at === starts[node + 1]) {
      search.leave(node);
      continue;
    }
    const target = targets[at] ?? 0;
    if (search.isSeen(target)) search.meet(node, target);
    else search.enter(target);
  }
}

interface Search {
  readonly components: Map<number, number>;
  isSeen(node: number): boolean;
  /** The node at the end of the path. */
  current(): number | undefined;
  /** The next edge of a node to follow; the first one of the node after it when all are done. */
  nextEdge(node: number): number;
  enter(node: number): void;
  /** An edge leads to a node that was seen before. */
  meet(node: number, target: number): void;
  /** All edges of a node are done: closes its component when it is the root of one. */
  leave(node: number): void;
}

function beginSearch({ names, starts }: IndexedGraph): Search {
  const index = new Int32Array(names.length).fill(-1);
  const low = new Int32Array(names.length);
  const isOnStack = new Uint8Array(names.length);
  const next = starts.slice();
  const stack: number[] = [];
  const path: number[] = [];
  const components = new Map<number, number>();
  let counter = 0;
  let found = 0;

  const lower = (node: number, to: number): void => {
    low[node] = Math.min(low[node] ?? 0, to);
  };
  const close = (members: readonly number[]): void => {
    for (const member of members) {
      isOnStack[member] = 0;
      if (members.length > 1) components.set(names[member] ?? 0, found);
    }
    if (members.length > 1) found += 1;
  };

  return {
    components,
    isSeen: (node) => index[node] !== -1,
    current: () => path.at(-1),
    nextEdge(node) {
      const at = next[node] ?? 0;
      if (at !== starts[node + 1]) next[node] = at + 1;
      return at;
    },
    enter(node) {
      index[node] = counter;
      low[node] = counter;
      counter += 1;
      isOnStack[node] = 1;
      stack.push(node);
      path.push(node);
    },
    meet(node, target) {
      if (isOnStack[target] === 1) lower(node, index[target] ?? 0);
    },
    leave(node) {
      path.pop();
      const parent = path.at(-1);
      if (parent !== undefined) lower(parent, low[node] ?? 0);
      if (low[node] === index[node]) close(stack.splice(stack.lastIndexOf(node)));
    },
  };
}

interface IndexedGraph {
  /** Position → node as the caller names it. */
  readonly names: readonly number[];
  /** The edges of node n are `targets[starts[n]]` to `targets[starts[n + 1] - 1]`. */
  readonly starts: Int32Array;
  readonly targets: Int32Array;
}

function indexGraph(edges: EdgeList): IndexedGraph {
  const positions = new Map<number, number>();
  const names: number[] = [];
  const positionOf = (name: number): number => {
    let position = positions.get(name);
    if (position === undefined) {
      position = names.length;
      positions.set(name, position);
      names.push(name);
    }
    return position;
  };
  const heads = new Int32Array(edges.size);
  const tails = new Int32Array(edges.size);
  for (let edge = 0; edge < edges.size; edge += 1) {
    heads[edge] = positionOf(edges.fromOf(edge));
    tails[edge] = positionOf(edges.toOf(edge));
  }
  const starts = new Int32Array(names.length + 1);
  for (const from of heads) starts[from + 1] = (starts[from + 1] ?? 0) + 1;
  for (let node = 0; node < names.length; node += 1)
    starts[node + 1] = (starts[node + 1] ?? 0) + (starts[node] ?? 0);
  const fill = starts.slice();
  const targets = new Int32Array(edges.size);
  for (const [edge, from] of heads.entries()) {
    const at = fill[from] ?? 0;
    targets[at] = tails[edge] ?? 0;
    fill[from] = at + 1;
  }
  return { names, starts, targets };
}
