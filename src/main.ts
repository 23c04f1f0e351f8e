import { currentProcess } from './commands/_runtime/process.ts';

// The version alone answers without loading anything else.
const words = process.argv.slice(2);
if (words.length === 1 && (words[0] === '--version' || words[0] === '-V')) {
  const { programVersion } = await import('./core/package.ts');
  process.stdout.write(`${programVersion()}\n`);
} else {
  const { runProgram } = await import('./commands/_runtime/run-program.ts');
  const host = currentProcess();
  host.setExitCode(await runProgram(words, host));
}
