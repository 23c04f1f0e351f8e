/** Gives the value of a function at a point and writes its gradient there. */
export type Gradient = (at: Float64Array, gradient: Float64Array) => number;

const MEMORY = 10;
const STEPS = 200;
const TOLERANCE = 1e-6;
const HALVINGS = 30;
const DECREASE = 1e-4;

interface Point {
  readonly at: Float64Array;
  readonly gradient: Float64Array;
  readonly value: number;
}

/** How the gradient changed along a step that was taken. */
interface Move {
  readonly s: Float64Array;
  readonly y: Float64Array;
  readonly rho: number;
}

/** The lowest point of a smooth convex function, by L-BFGS with a search along each direction (Nocedal and Wright, 2nd ed., section 7.2). */
export function minimise(start: Float64Array, evaluate: Gradient): Float64Array {
  const gradient = new Float64Array(start.length);
  let point: Point = { at: start.slice(), gradient, value: evaluate(start, gradient) };
  const moves: Move[] = [];
  for (let step = 0; step < STEPS && largest(point.gradient) > TOLERANCE; step += 1) {
    const direction = directionOf(point.gradient, moves);
    const length = moves.length === 0 ? Math.min(1, 1 / largest(point.gradient)) : 1;
    const next = searchAlong(point, direction, length, evaluate);
    // Nothing lower lies that way: what is left is rounding.
    if (!(next.value < point.value)) break;
    const s = difference(next.at, point.at);
    const y = difference(next.gradient, point.gradient);
    const curvature = dot(s, y);
    if (curvature > 1e-14) moves.push({ s, y, rho: 1 / curvature });
    if (moves.length > MEMORY) moves.shift();
    point = next;
  }
  return point.at;
}

/** Halves the step until the function falls by a part of what its slope promises (Armijo). */
function searchAlong(from: Point, direction: Float64Array, first: number, evaluate: Gradient): Point {
  const slope = dot(direction, from.gradient);
  const at = new Float64Array(from.at.length);
  const gradient = new Float64Array(from.at.length);
  let value = Number.POSITIVE_INFINITY;
  for (let [halving, length] = [0, first]; halving < HALVINGS; halving += 1, length /= 2) {
    at.set(from.at);
    addScaled(at, direction, length);
    value = evaluate(at, gradient);
    if (value <= from.value + DECREASE * length * slope) break;
  }
  return { at, gradient, value };
}

function difference(a: Float64Array, b: Float64Array): Float64Array {
  return a.map((coordinate, index) => coordinate - (b[index] ?? 0));
}

function directionOf(gradient: Float64Array, moves: readonly Move[]): Float64Array {
  const direction = gradient.map((slope) => -slope);
  const factors = new Float64Array(moves.length);
  for (let index = moves.length - 1; index >= 0; index -= 1) {
    const move = moves[index];
    if (move === undefined) continue;
    factors[index] = move.rho * dot(move.s, direction);
    addScaled(direction, move.y, -(factors[index] ?? 0));
  }
  const last = moves.at(-1);
  const scale = last === undefined ? 1 : dot(last.s, last.y) / dot(last.y, last.y);
  for (let index = 0; index < direction.length; index += 1)
    direction[index] = (direction[index] ?? 0) * scale;
  for (const [index, move] of moves.entries()) {
    addScaled(direction, move.s, (factors[index] ?? 0) - move.rho * dot(move.y, direction));
  }
  return direction;
}

function addScaled(target: Float64Array, vector: Float64Array, factor: number): void {
  for (let index = 0; index < target.length; index += 1) {
    target[index] = (target[index] ?? 0) + factor * (vector[index] ?? 0);
  }
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let index = 0; index < a.length; index += 1) sum += (a[index] ?? 0) * (b[index] ?? 0);
  return sum;
}

function largest(vector: Float64Array): number {
  return vector.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}
