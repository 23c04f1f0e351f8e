import assert from 'node:assert/strict';
import fc from 'fast-check';
import { ReferralError } from '../../src/core/errors.ts';
import {
  BOOKINGS,
  type BookedStatus,
  type BookingRow,
  type Bookkeeper,
  type Verb,
  type WorldOptions,
} from './bookkeeper.ts';
import { Crash, type CrashPoint, crashingDatabase } from './crash.ts';
import type { World } from './world.ts';

/** What was done, over all worlds. */
export interface Tally {
  commands: number;
  operations: number;
  crashes: number;
  /** Of those, the ones that came after the commit. */
  committed: number;
  payouts: number;
  finalized: number;
}

/** What of the books decides what can be done. */
type Books = Pick<Bookkeeper, 'bookings' | 'finalized' | 'rewards' | 'steps'>;

/** An action of an operator: on the books and on the program, which must then agree. */
export interface Step {
  /** How many operations it is: rows of a file, decisions, rewards; 1 for everything else. */
  readonly operations: number;
  /** Can it be done now? */
  check(books: Books): boolean;
  run(books: Bookkeeper, world: World, tally: Tally): Promise<void>;
  toString(): string;
}

/** A step that changes the database in one transaction, so that it can be cut short. */
interface Atomic {
  /** On the program only. */
  act(world: World, database: World['database']): Promise<void>;
  /** On the books only. */
  note(books: Bookkeeper): void;
}

/** Draws what an operator does with a contest. */
export function stepsFor(tally: Tally, maxCommands: number) {
  const booking = fc.integer({ min: 0, max: BOOKINGS - 1 });
  const status = fc.constantFrom<BookedStatus>(
    ...(['confirmed', 'confirmed', 'completed', 'completed', 'completed', 'completed', 'completed'] as const),
    ...(['cancelled', 'no_show', 'refunded'] as const),
  );
  const row = fc.record({
    ...{ booking, status, partial: fc.boolean(), late: fc.integer({ min: -60, max: 5 }) },
    amount: fc.oneof(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 1, max: 99_999 })),
  });
  const drawn = fc.uniqueArray(row, {
    minLength: 6,
    maxLength: BOOKINGS,
    size: 'max',
    selector: (one) => one.booking,
  });
  const few = fc.uniqueArray(booking, { minLength: 1, maxLength: 6 });
  const kind = fc.constantFrom<FileKind>('import', 'import', 'status', 'refund');
  const file = fc.tuple(kind, drawn).map(([what, rows]) => new ImportStep(what, rows));
  const decide = fc
    .tuple(few, fc.constantFrom<Verb>('approve', 'approve', 'reject', 'reverse'))
    .map(([bookings, verb]) => new DecideStep(bookings, verb));
  const compute = fc.constant(undefined).map(() => new ComputeStep());
  const pay = fc.constant(undefined).map(() => new PayStep());
  const finalize = fc.constant(undefined).map(() => new FinalizeStep());
  const change = fc
    .tuple(
      fc.constantFrom<'claim' | 'revoke'>('claim', 'claim', 'revoke'),
      fc.array(fc.nat(), { minLength: 1, maxLength: 4 }),
    )
    .map(([verb, picks]) => new ChangeStep(verb, picks));
  const wait = fc.integer({ min: 1, max: 12 }).map((days) => new WaitStep(days));
  const replay = fc
    .tuple(fc.constantFrom<Again>('file', 'file', 'compute', 'pay', 'finalize'), fc.nat())
    .map(([what, pick]) => new ReplayStep(what, pick));
  const point = fc.oneof(
    { weight: 4, arbitrary: fc.integer({ min: 1, max: 45 }).map((nth): CrashPoint => nth) },
    { weight: 1, arbitrary: fc.constant<CrashPoint>('committed') },
  );
  const crash = fc
    .tuple(fc.oneof<fc.Arbitrary<Step & Atomic>[]>(file, file, decide, compute, pay, finalize), point)
    .map(([step, at]) => new CrashStep(step, at));
  const weighted: [number, fc.Arbitrary<Step>][] = [
    ...([
      [10, file],
      [4, decide],
      [8, compute],
      [6, pay],
      [2, change],
    ] as [number, fc.Arbitrary<Step>][]),
    ...([
      [1, wait],
      [3, replay],
      [5, crash],
      [1, finalize],
    ] as [number, fc.Arbitrary<Step>][]),
  ];
  return fc.commands(
    weighted.flatMap(([weight, step]) =>
      Array.from({ length: weight }, () => step.map((one) => counted(one, tally))),
    ),
    { maxCommands, size: 'max' },
  );
}

function counted(step: Step, tally: Tally): fc.AsyncCommand<Bookkeeper, World> {
  return {
    check: (books) => step.check(books),
    async run(books, world) {
      tally.commands += 1;
      books.steps += 1;
      // What a contest that is over refuses is one operation, however much it is.
      tally.operations += books.finalized ? 1 : step.operations;
      await step.run(books, world, tally);
    },
    toString: () => step.toString(),
  };
}

/** Options of a world. */
export const anyOptions: fc.Arbitrary<WorldOptions> = fc.record({
  manual: fc.constantFrom(false, false, false, true),
  stamped: fc.constantFrom(true, true, false),
  budget: fc.option(fc.integer({ min: 5_000, max: 200_000 }), { nil: undefined, freq: 1 }),
});

type FileKind = 'import' | 'status' | 'refund';

interface DrawnRow {
  readonly booking: number;
  readonly status: BookedStatus;
  readonly amount: number;
  readonly partial: boolean;
  /** Against the order of files, in tens of minutes. */
  readonly late: number;
}

class ImportStep implements Step, Atomic {
  readonly #kind: FileKind;
  readonly #drawn: readonly DrawnRow[];
  #rows: readonly BookingRow[] = [];

  constructor(kind: FileKind, drawn: readonly DrawnRow[]) {
    this.#kind = kind;
    this.#drawn = drawn;
  }

  get operations(): number {
    return this.#drawn.length;
  }

  check(): boolean {
    return true;
  }

  // Nobody un-completes a stay: then a paid reward would stand while its referral waits.
  #rowOf(
    { booking, status: drawn, amount: cents, partial, late }: DrawnRow,
    books: Bookkeeper,
    n: number,
  ): BookingRow {
    const known = this.#kind === 'import' ? undefined : books.bookings.get(booking);
    const before = books.bookings.get(booking)?.status;
    const wanted = this.#kind === 'refund' ? (partial ? 'completed' : 'refunded') : drawn;
    const status =
      before !== undefined && before !== 'confirmed' && wanted === 'confirmed' ? 'completed' : wanted;
    const amount = known?.amount ?? cents;
    const part = Math.floor(amount / (status === 'refunded' ? 2 : 3));
    const refunded =
      status === 'refunded' ? (partial ? part : amount) : partial && status === 'completed' ? part : 0;
    return { booking, status, amount, refunded, stamp: books.options.stamped ? stampOf(n, late) : undefined };
  }

  note(books: Bookkeeper): void {
    books.take(this.#rows);
  }

  prepare(books: Bookkeeper, world: World): void {
    this.#rows = this.#drawn.map((row) => this.#rowOf(row, books, world.files.length));
    world.write(this.#rows);
  }

  async act(world: World, database: World['database']): Promise<void> {
    const file = world.files.at(-1);
    assert.ok(file);
    const { rows, rejected, known_file } = await world.import(file, database);
    assert.deepEqual(
      { rows, rejected, known_file },
      { rows: this.#rows.length, rejected: 0, known_file: false },
    );
  }

  async run(books: Bookkeeper, world: World): Promise<void> {
    this.prepare(books, world);
    if (books.finalized) {
      world.files.pop();
      const file = { csv: 'booking_reference\nB-1\n', rows: [] };
      await assert.rejects(world.import(file), isForbidden);
      return;
    }
    await this.act(world, world.database);
    this.note(books);
  }

  toString(): string {
    return `${this.#kind}(${this.#drawn.map(({ booking, status, amount, partial }) => `${booking} ${status} ${amount}${partial ? ' partial' : ''}`).join(', ')})`;
  }
}

// Files come minutes apart; no two have rows of the same moment.
const stampOf = (file: number, late: number): number => Math.max(0, file * 10 + late * 3) + file / 1_000;

class DecideStep implements Step, Atomic {
  readonly #bookings: readonly number[];
  readonly #verb: Verb;
  #expected = 0;
  #known: readonly number[] = [];

  constructor(bookings: readonly number[], verb: Verb) {
    this.#bookings = bookings;
    this.#verb = verb;
  }

  get operations(): number {
    return this.#bookings.length;
  }

  check({ bookings, finalized }: Books): boolean {
    return !finalized && this.#bookings.some((booking) => bookings.has(booking));
  }

  prepare({ bookings }: Bookkeeper): void {
    this.#known = this.#bookings.filter((booking) => bookings.has(booking));
  }

  note(books: Bookkeeper): void {
    this.#expected = books.decide(this.#known, this.#verb);
  }

  async act(world: World, database: World['database']): Promise<void> {
    const changed = await world.decide(this.#known, this.#verb, database);
    this.#seen = changed;
  }

  #seen = 0;

  async run(books: Bookkeeper, world: World): Promise<void> {
    this.prepare(books);
    await this.act(world, world.database);
    this.note(books);
    assert.equal(this.#seen, this.#expected, 'how many were decided');
  }

  toString(): string {
    return `${this.#verb}(${this.#bookings.join(', ')})`;
  }
}

class ComputeStep implements Step, Atomic {
  readonly operations = 1;
  #counts = { created: 0, reversed: 0, changed: 0 };

  check(): boolean {
    return true;
  }

  prepare(): void {}

  note(books: Bookkeeper): void {
    this.#counts = books.compute();
  }

  async act(world: World, database: World['database']): Promise<void> {
    const { created, reversed, changed } = await world.compute(database);
    this.#seen = { created, reversed, changed };
  }

  #seen = { created: 0, reversed: 0, changed: 0 };

  async run(books: Bookkeeper, world: World, tally: Tally): Promise<void> {
    await this.act(world, world.database);
    this.note(books);
    assert.deepEqual(this.#seen, this.#counts);
    await world.compareRewards(books.rewards);
    if (tally.commands % 7 === 0) await world.verify();
  }

  toString(): string {
    return 'compute';
  }
}

class PayStep implements Step, Atomic {
  readonly operations = 1;
  #seen: ReadonlyMap<string, number> | undefined;
  #lines: ReadonlyMap<string, number> | undefined;

  check(): boolean {
    return true;
  }

  prepare(): void {}

  note(books: Bookkeeper): void {
    this.#lines = books.isDue ? books.pay() : undefined;
  }

  async act(world: World, database: World['database']): Promise<void> {
    this.#seen = await world.pay(database);
  }

  async run(books: Bookkeeper, world: World, tally: Tally): Promise<void> {
    await this.act(world, world.database);
    this.note(books);
    assert.deepEqual(sorted(this.#seen), sorted(this.#lines));
    if (this.#lines === undefined) return;
    tally.payouts += 1;
    assert.deepEqual(sorted(await world.lastPayout()), sorted(this.#lines));
  }

  toString(): string {
    return 'pay';
  }
}

class FinalizeStep implements Step, Atomic {
  readonly operations = 1;

  // Most of a world's life is before its end.
  check({ finalized, steps }: Books): boolean {
    return !finalized && steps > 70;
  }

  prepare(): void {}

  note(books: Bookkeeper): void {
    books.finalize('summer');
    books.compute();
  }

  async act(world: World, database: World['database']): Promise<void> {
    await world.finalize(database);
  }

  async run(books: Bookkeeper, world: World, tally: Tally): Promise<void> {
    await this.act(world, world.database);
    this.note(books);
    tally.finalized += 1;
    await world.compareBoard(books.board);
    await world.compareRewards(books.rewards);
  }

  toString(): string {
    return 'finalize';
  }
}

class ChangeStep implements Step {
  readonly #verb: 'claim' | 'revoke';
  readonly #picks: readonly number[];

  constructor(verb: 'claim' | 'revoke', picks: readonly number[]) {
    this.#verb = verb;
    this.#picks = picks;
  }

  get operations(): number {
    return this.#picks.length;
  }

  check({ rewards }: Books): boolean {
    return rewards.size > 0;
  }

  async run(books: Bookkeeper, world: World): Promise<void> {
    const all = [...books.rewards.keys()];
    const keys = [...new Set(this.#picks.map((pick) => all[pick % all.length] ?? ''))];
    const changed = await world.claim(keys, this.#verb);
    assert.equal(changed, this.#verb === 'claim' ? books.claim(keys) : books.revoke(keys));
    await world.compareRewards(books.rewards);
  }

  toString(): string {
    return `${this.#verb}(${this.#picks.join(', ')})`;
  }
}

class WaitStep implements Step {
  readonly operations = 1;
  readonly #days: number;

  constructor(days: number) {
    this.#days = days;
  }

  check(): boolean {
    return true;
  }

  async run(books: Bookkeeper, world: World): Promise<void> {
    books.now += this.#days * 86_400_000;
    world.now = books.now;
    assert.equal(await world.expire(), books.expire());
  }

  toString(): string {
    return `wait(${this.#days} days)`;
  }
}

type Again = 'file' | 'compute' | 'pay' | 'finalize';

/** What was done before is done again: nothing may change. */
class ReplayStep implements Step {
  readonly operations = 1;
  readonly #what: Again;
  readonly #pick: number;

  constructor(what: Again, pick: number) {
    this.#what = what;
    this.#pick = pick;
  }

  check({ finalized, bookings }: Books): boolean {
    if (this.#what === 'file') return !finalized && bookings.size > 0;
    return this.#what === 'finalize' ? finalized : true;
  }

  async run(books: Bookkeeper, world: World): Promise<void> {
    switch (this.#what) {
      case 'file': {
        const file = world.files[this.#pick % world.files.length];
        assert.ok(file);
        const { created, updated, known_file } = await world.import(file);
        assert.deepEqual({ created, updated, known_file }, { created: 0, updated: 0, known_file: true });
        return;
      }
      case 'compute': {
        await new ComputeStep().run(books, world, { ...noTally(), commands: 1 });
        const { created, reversed, changed } = await world.compute();
        assert.deepEqual({ created, reversed, changed }, { created: 0, reversed: 0, changed: 0 });
        return;
      }
      case 'pay': {
        await new PayStep().run(books, world, noTally());
        const payouts = await world.countPayouts();
        assert.equal(await world.pay(), undefined);
        assert.equal(await world.countPayouts(), payouts);
        return;
      }
      case 'finalize': {
        const { changed, rewards_created } = await world.finalize();
        assert.deepEqual({ changed, rewards_created }, { changed: false, rewards_created: 0 });
        return world.compareBoard(books.board);
      }
    }
  }

  toString(): string {
    return `again(${this.#what} ${this.#pick})`;
  }
}

/** The process dies in the middle of something and is started again; then either nothing of it is there or all of it. */
class CrashStep implements Step {
  readonly operations = 1;
  readonly #step: Step & Atomic & { prepare?(books: Bookkeeper, world: World): void };
  readonly #point: CrashPoint;

  constructor(step: Step & Atomic, point: CrashPoint) {
    this.#step = step;
    this.#point = point;
  }

  check(books: Books): boolean {
    return this.#step.check(books) && !(books.finalized && this.#step instanceof ImportStep);
  }

  async run(books: Bookkeeper, world: World, tally: Tally): Promise<void> {
    this.#step.prepare?.(books, world);
    let isDead = false;
    await this.#step.act(world, crashingDatabase(world.database, this.#point)).catch((error: unknown) => {
      if (!(error instanceof Crash)) throw error;
      isDead = true;
    });
    const isThere = !isDead || this.#point === 'committed';
    if (isThere) this.#step.note(books);
    // A file that was not taken in was never seen.
    else if (this.#step instanceof ImportStep) world.files.pop();
    if (!isDead) return;
    tally.crashes += 1;
    if (isThere) tally.committed += 1;
    await world.reopen();
    await world.compareRewards(books.rewards);
  }

  toString(): string {
    return `crash(${this.#step}, at ${this.#point})`;
  }
}

export function noTally(): Tally {
  return { commands: 0, operations: 0, crashes: 0, committed: 0, payouts: 0, finalized: 0 };
}

function sorted(lines: ReadonlyMap<string, number> | undefined): [string, number][] | undefined {
  return lines === undefined ? undefined : [...lines].sort(([a], [b]) => (a < b ? -1 : 1));
}

function isForbidden(error: unknown): boolean {
  return error instanceof ReferralError && error.code === 'state_forbids';
}
