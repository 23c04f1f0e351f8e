import { afterAll, beforeAll } from 'vitest';

// What a test may leave behind that would keep a command from ending.
const WATCHED = new Set(['TCPSocketWrap', 'TCPServerWrap', 'ProcessWrap', 'FSEventWrap', 'Timeout']);
const PATIENCE_MS = 2_000;

let before: ReadonlyMap<string, number> = new Map();

beforeAll(() => {
  before = countResources();
});

afterAll(async () => {
  for (let waited = 0; ; waited += 50) {
    const left = leftOver();
    if (left.length === 0) return;
    if (waited >= PATIENCE_MS) throw new Error(`left open after the tests of this file: ${left.join(', ')}`);
    await new Promise((resolve) => {
      setTimeout(resolve, 50);
    });
  }
});

function leftOver(): string[] {
  return [...countResources()].flatMap(([type, count]) => {
    const more = count - (before.get(type) ?? 0);
    return more > 0 ? [`${more} × ${type}`] : [];
  });
}

function countResources(): Map<string, number> {
  const counts = new Map<string, number>();
  for (const type of process.getActiveResourcesInfo()) {
    if (WATCHED.has(type)) counts.set(type, (counts.get(type) ?? 0) + 1);
  }
  return counts;
}
