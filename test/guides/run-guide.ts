import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { runHere, usingFolder } from '../run-here.ts';
import { type GuideStep, rename, sameWords } from './guide.ts';

/** What the pages say in place of the folder that a guide is carried out in. */
const SHOWN_FOLDER = '/home/you/contest';
/** Of the terminal that a page shows. */
const COLUMNS = 100;

export interface GuideAnswer {
  readonly line: string;
  readonly exitCode: number;
  readonly output: string;
}

export interface GuidePlace {
  readonly env: Readonly<Record<string, string>>;
  /** A folder whose copy the guide begins in; an empty one when absent. */
  readonly from?: string;
}

/**
 * Carries a guide out in a folder of its own, and gives what each command has answered. Codes and digests that the guide shows stand for
 * those that came out: a file or a command that repeats one gets the real one.
 */
export async function runGuide(
  steps: readonly GuideStep[],
  { env, from }: GuidePlace,
): Promise<readonly GuideAnswer[]> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'referral-guide-')));
  try {
    // Thousands of mails that no guide reads.
    const filter = (path: string): boolean => !path.endsWith('/outbox');
    if (from !== undefined) await cp(from, folder, { recursive: true, filter });
    return await usingFolder(folder, () => carryOutAll(steps, folder, env));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function carryOutAll(
  steps: readonly GuideStep[],
  folder: string,
  env: GuidePlace['env'],
): Promise<readonly GuideAnswer[]> {
  const answers: GuideAnswer[] = [];
  const names = new Map<string, string>();
  for (const step of steps) {
    if (step.kind === 'file') {
      await mkdir(dirname(join(folder, step.name)), { recursive: true });
      await writeFile(join(folder, step.name), rename(step.text, names));
    } else {
      const { exitCode, output } = await carryOut(rename(step.line, names), folder, env);
      const shown = hidePlace(output, folder, env);
      for (const [told, real] of sameWords(step.output, shown) ?? []) if (isName(told)) names.set(told, real);
      answers.push({ line: step.line, exitCode, output: shown });
    }
  }
  return answers;
}

/** Is it a code, a digest or an id, which a guide may repeat? Times and amounts are not. */
function isName(word: string): boolean {
  return /^(?!\d{4}-)(?=.*[A-Za-z])[0-9A-Za-z-]{8,64}$/.test(word);
}

/** The program itself runs in this process; what its output is piped into, and everything else, in a shell. */
async function carryOut(
  line: string,
  folder: string,
  env: Readonly<Record<string, string>>,
): Promise<{ exitCode: number; output: string }> {
  if (!line.startsWith('referral ')) return inShell(line, folder);
  const both = line.split(' & ');
  if (both.length > 1) {
    const outcomes = await Promise.all(both.map((part) => carryOut(part, folder, env)));
    return {
      exitCode: Math.max(...outcomes.map(({ exitCode }) => exitCode)),
      output: outcomes.map(({ output }) => output).join(''),
    };
  }
  const [, typed = '', redirected] = /^referral ((?:[^"'|>]|"[^"]*"|'[^']*')*)([|>].*)?$/.exec(line) ?? [];
  const words = wordsOf(typed);
  const home = { HOME: join(folder, '.home'), ...env };
  if (redirected === undefined) {
    const { exitCode, shown } = await runHere(words, { env: home, columns: COLUMNS });
    return { exitCode, output: shown };
  }
  const { exitCode, stdout, stderr } = await runHere(words, { env: home });
  const rest = await inShell(`cat ${redirected}`, folder, stdout);
  return { exitCode: exitCode === 0 ? rest.exitCode : exitCode, output: rest.output + stderr };
}

function inShell(line: string, folder: string, input = ''): Promise<{ exitCode: number; output: string }> {
  return new Promise((done) => {
    const env = { PATH: process.env['PATH'] ?? '', LANG: 'C.UTF-8' };
    const child = execFile('sh', ['-c', line], { cwd: folder, env }, (error, stdout, stderr) => {
      done({ exitCode: typeof error?.code === 'number' ? error.code : 0, output: stdout + stderr });
    });
    // A reader such as `head` may stop before the end.
    child.stdin?.on('error', () => {}).end(input);
  });
}

/** Words of a command line, with quotes as a shell reads them. */
export function wordsOf(line: string): readonly string[] {
  return [...line.matchAll(/(?:[^\s"']+|"[^"]*"|'[^']*')+/g)].map(([word]) =>
    word.replace(/"([^"]*)"|'([^']*)'/g, (_, double?: string, single?: string) => double ?? single ?? ''),
  );
}

/** Nothing of the machine that carries it out may stand in a guide. */
function hidePlace(output: string, folder: string, env: Readonly<Record<string, string>>): string {
  return Object.entries(env)
    .filter(([, value]) => /^\w+:\/\//.test(value))
    .reduce(
      (text, [, value]) => {
        const { host } = new URL(value);
        return text
          .replaceAll(value, 'postgres://me@db.example.com/contest')
          .replaceAll(host, 'provider.example.com');
      },
      output.replaceAll(folder, SHOWN_FOLDER),
    );
}
