import { currentProcess } from './commands/_runtime/process.ts';

// What makes much that is needed for a moment, and keeps little of it.
const STREAMING = [
  ['conversions', ['import']],
  ['fraud', ['replay']],
  ['campaigns', ['plan', 'submit', 'send']],
  ['segments', ['train', 'score', 'evaluate']],
  ['customers', ['suppress', 'unsubscribe', 'unsuppress', 'erase']],
] as const;
// The same, with a thread that reads large files.
const READING = [['customers', ['import']]] as const;
// The same, with threads that compress.
const PACKING = [['backup', ['create', 'verify', 'restore', 'drill']]] as const;

// The version alone answers without loading anything else.
const words = process.argv.slice(2);
if (words.length === 1 && (words[0] === '--version' || words[0] === '-V')) {
  const { programVersion } = await import('./core/package.ts');
  process.stdout.write(`${programVersion()}\n`);
} else {
  const isOf = (commands: readonly (readonly [noun: string, verbs: readonly string[]])[]): boolean =>
    commands.some(([noun, verbs]) => words.includes(noun) && verbs.some((verb) => words.includes(verb)));
  const packs = isOf(PACKING);
  const streams = isOf(STREAMING);
  if (streams || packs || isOf(READING)) {
    // Before anything is loaded, which reserves some of it already.
    const { boundMemory } = await import('./commands/_runtime/bound-memory.ts');
    boundMemory({ streams, packs }, process.env);
  }
  const { runProgram } = await import('./commands/_runtime/run-program.ts');
  const host = currentProcess();
  host.setExitCode(await runProgram(words, host));
}
