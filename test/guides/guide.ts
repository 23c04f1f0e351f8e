/*
 * A guide is a page of Markdown that a test carries out. Its blocks:
 *   ```csv customers.csv    the file of that name, written when the guide comes to it
 *   ```console              lines after `$ ` are typed, what follows each is what the program answers
 * `# ends with 3` behind a command is its exit code. A line `…` stands for any lines. What differs from one run to the next
 * (times, codes, digests, durations) is compared as what it is, not by its value, and is what it turned out to be where the guide repeats it.
 */

export type GuideStep =
  | { readonly kind: 'file'; readonly name: string; readonly text: string }
  | { readonly kind: 'command'; readonly line: string; readonly exitCode: number; readonly output: string };

interface Block {
  readonly info: string;
  readonly lines: readonly string[];
}

/** What a guide does, in its order. */
export function parseGuide(markdown: string): readonly GuideStep[] {
  return listBlocks(markdown).flatMap(stepsOf);
}

function stepsOf({ info, lines }: Block): readonly GuideStep[] {
  const [kind = '', name] = info.split(' ');
  if (kind === 'console') return commandsOf(lines);
  return name === undefined ? [] : [{ kind: 'file', name, text: `${lines.join('\n')}\n` }];
}

function commandsOf(lines: readonly string[]): readonly GuideStep[] {
  const steps: { kind: 'command'; line: string; exitCode: number; output: string }[] = [];
  for (const line of lines) {
    const last = steps.at(-1);
    if (line.startsWith('$ ')) {
      const [, typed = '', code = '0'] = /^\$ (.*?)(?:\s+# ends with (\d+))?$/.exec(line) ?? [];
      steps.push({ kind: 'command', line: typed, exitCode: Number(code), output: '' });
    } else if (last !== undefined) last.output += `${line}\n`;
  }
  return steps;
}

function listBlocks(markdown: string): readonly Block[] {
  return [...markdown.matchAll(/^```(\S[^\n]*)\n(.*?)^```$/gms)].map(([, info = '', body = '']) => ({
    info,
    lines: body.replace(/\n$/, '').split('\n'),
  }));
}

/** The guide again, with what each command has answered now; an answer that says the same stays as it stands. */
export function writeAnswers(markdown: string, outputs: readonly string[]): string {
  let at = 0;
  return markdown.replace(/^```console\n(.*?)^```$/gms, (_, body: string) => {
    const parts = commandsOf(body.replace(/\n$/, '').split('\n')).map((step) => {
      if (step.kind !== 'command') return '';
      const output = outputs[at] ?? '';
      at += 1;
      const code = step.exitCode === 0 ? '' : `   # ends with ${step.exitCode}`;
      const kept = saysTheSame(step.output, output) ? step.output : tidyLines(output);
      // A blank line after an answer, none where there was nothing to say.
      return `$ ${step.line}${code}\n${kept.replace(/\n*$/, kept.trim() === '' ? '' : '\n\n')}`;
    });
    return `\`\`\`console\n${parts.join('').replace(/\n+$/, '\n')}\`\`\``;
  });
}

/** Ends with a line end, and no line ends with blanks. */
function tidyLines(text: string): string {
  return text === '' ? '' : `${text.replace(/[ \t]+$/gm, '').replace(/\n$/, '')}\n`;
}

/** Is this what the guide says? */
export function saysTheSame(expected: string, actual: string): boolean {
  return sameWords(expected, actual) !== undefined;
}

/**
 * What stands in the answer for each code, digest and time that the guide shows, in their order; undefined when the answer says
 * something else.
 */
export function sameWords(
  expected: string,
  actual: string,
): readonly (readonly [string, string])[] | undefined {
  const told: string[] = [];
  // How a long value is broken into lines depends on the folder's name, so line breaks count as blanks.
  const pattern = linesOf(expected).map((line) =>
    line === '…' ? '(?:\\S+ )*?' : `${patternOf(line, told)} `,
  );
  const found = new RegExp(`^${pattern.join('')}$`).exec(
    linesOf(actual)
      .map((line) => `${line} `)
      .join(''),
  );
  return found?.slice(1).map((real, index) => [told[index] ?? '', real] as const);
}

/** Gives words of a guide the names that they have here. */
export function rename(text: string, names: ReadonlyMap<string, string>): string {
  return [...names].reduce((renamed, [told, real]) => renamed.replaceAll(told, real), text);
}

/** A code as a guide shows it: with a letter, which tells it from a number. */
const SHOWN_CODE = String.raw`\b(?=[A-Z0-9]*[A-Z])[A-Z0-9]{8,12}\b`;
/** A code as the program answers it: one of some 17,000 is of digits alone. */
const ANSWERED_CODE = String.raw`\b[A-Z0-9]{8,12}\b`;

/** What differs from one run to the next: each may be any other of its kind. */
const VOLATILE: readonly string[] = [
  String.raw`\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z| UTC)?)?`,
  String.raw`\b\d{1,2} [A-Z][a-z]{2} \d{4}, \d\d:\d\d`,
  String.raw`\b00\d\d-[a-z]+(?:-[a-z]+)*\b`,
  String.raw`\d{8}T?-?\d{6}Z?(?:-[0-9a-f]+)?`,
  String.raw`\b[0-9a-f]{10,64}…?`,
  SHOWN_CODE,
  String.raw`(?<![\d.])\d+(?:\.\d+)? ?(?:ms|s|min|kB|MB|bytes)\b`,
  String.raw`(?<![\d.])\d+(?:\.\d+)?/s\b`,
  String.raw`(?<=(?:duration|rate|bytes|size)[\w ]*[ \t"':]+)[\d.,]+`,
  String.raw`(?<=(?:process|run) )\d+`,
];

function patternOf(line: string, told: string[]): string {
  let pattern = '';
  let at = 0;
  for (const match of line.matchAll(new RegExp(VOLATILE.join('|'), 'g'))) {
    const [word] = match;
    const kind = VOLATILE.find((source) => new RegExp(`^(?:${source})$`).test(word)) ?? String.raw`[\d.,]+`;
    const answered = kind === SHOWN_CODE ? ANSWERED_CODE : kind;
    pattern += `${escapePattern(line.slice(at, match.index))}(${answered})`;
    told.push(word);
    at = match.index + word.length;
  }
  return pattern + escapePattern(line.slice(at));
}

/** Columns are as wide as what is in them, so blanks count as one. */
function linesOf(text: string): readonly string[] {
  return text
    .split('\n')
    .map((line) => line.replace(/\s+/g, ' ').trim())
    .filter((line) => line !== '');
}

function escapePattern(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&');
}
