import { convertMjml } from './convert-mjml.ts';
import type { Problem } from './problem.ts';

/** Compiles MJML in which markers stand for slots; includes are never followed and no outside font is linked. */
export async function compileMjml(source: string, file: string, problems: Problem[]): Promise<string> {
  const include = /<mj-include\b/i.exec(source);
  if (include !== null) {
    problems.push({
      severity: 'error',
      rule: 'mjml_include',
      message: 'mj-include is not followed',
      where: `${file}:${source.slice(0, include.index).split('\n').length}`,
      hint: 'Put the included part into the template itself.',
    });
  }
  // A campaign compiles its template once per subject: the body is the same each time.
  if (last?.source !== source) last = { source, result: convert(source) };
  const { html, errors } = await last.result;
  for (const { line, message } of errors) {
    const where = line === undefined ? file : `${file}:${line}`;
    problems.push({ severity: 'error', rule: 'mjml_invalid', message, where, hint: MJML_HINT });
  }
  return html;
}

interface Conversion {
  readonly html: string;
  readonly errors: readonly { readonly line?: number; readonly message: string }[];
}

const MJML_HINT =
  'A template is one <mjml> element with an <mj-body>; the elements are described at https://documentation.mjml.io.';

let last: { readonly source: string; readonly result: Promise<Conversion> } | undefined;

async function convert(source: string): Promise<Conversion> {
  const answer = await convertMjml(source);
  if ('failure' in answer) {
    const [message] = answer.failure.split('\n');
    return { html: '', errors: [{ message: `it is not MJML: ${message}` }] };
  }
  return {
    html: compact(answer.html),
    errors: answer.errors.map(({ line, message, tagName }) => ({
      ...(line === undefined ? {} : { line }),
      message: `<${tagName}>: ${message}`,
    })),
  };
}

/** Comments for the author are not sent; those that Outlook reads stay. Line numbers stay too. */
export function blankComments(source: string): string {
  return source.replace(/<!--(?!\[if|<!\[endif)[\s\S]*?-->/gi, (comment) => comment.replace(/[^\n]/g, ' '));
}

// Indentation is a third of what MJML writes, and means nothing outside of <pre> and <textarea>.
function compact(html: string): string {
  if (/<(?:pre|textarea)\b/i.test(html)) return html;
  return html
    .replace(/[ \t]+$/gm, '')
    .replace(/\n\s*/g, '\n')
    .trim();
}
