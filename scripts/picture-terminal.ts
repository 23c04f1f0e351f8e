import { stat, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { captureHost } from '../src/commands/_runtime/captured-host.ts';
import { currentProcess } from '../src/commands/_runtime/process.ts';
import { runProgram } from '../src/commands/_runtime/run-program.ts';
import { drawTerminal } from './picture/draw-terminal.ts';

/*
 * Makes docs/images/terminal.svg from what the program answers in the folder that the quick start leaves:
 *   npx referral quickstart --dir demo && node scripts/picture-terminal.ts demo
 * A second argument names another picture.
 */

const SHOWN = [
  'referral campaigns status summer-launch',
  'referral leaderboard summer-referral --limit 5',
  'referral status',
];

const [folder, picture = 'docs/images/terminal.svg'] = process.argv.slice(2);
if (folder === undefined) throw new Error('usage: node scripts/picture-terminal.ts FOLDER [PICTURE.svg]');
const target = resolve(picture);
process.chdir(folder);
const outer = currentProcess();
const lines: string[] = [];
for (const line of SHOWN) {
  const { host, stdout } = captureHost(outer, process.cwd(), {});
  await runProgram([...line.split(' ').slice(1), '--color', 'always', '--quiet'], host);
  lines.push(`$ ${line}`, ...stdout().trimEnd().split('\n'), '');
}
await writeFile(target, drawTerminal(lines.slice(0, -1)));
console.log(`${picture}: ${(await stat(target)).size} bytes`);
