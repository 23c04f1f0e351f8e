import type { Problem } from './problem.ts';

interface MjmlError {
  readonly line: number;
  readonly message: string;
  readonly tagName: string;
}

/** Compiles MJML in which markers stand for slots; includes are never followed and no outside font is linked. */
export async function compileMjml(source: string, file: string, problems: Problem[]): Promise<string> {
  const { default: mjml2html } = await import('mjml');
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
  try {
    const { html, errors } = (await mjml2html(source, {
      validationLevel: 'soft',
      keepComments: true,
      fonts: {},
    })) as { html: string; errors: readonly MjmlError[] };
    for (const { line, message, tagName } of errors) {
      problems.push({
        severity: 'error',
        rule: 'mjml_invalid',
        message: `<${tagName}>: ${message}`,
        where: `${file}:${line}`,
      });
    }
    return compact(html);
  } catch (error) {
    const message = error instanceof Error ? error.message.split('\n')[0] : String(error);
    problems.push({
      severity: 'error',
      rule: 'mjml_invalid',
      message: `it is not MJML: ${message}`,
      where: file,
      hint: 'A template is one <mjml> element with an <mj-body>; see https://documentation.mjml.io.',
    });
    return '';
  }
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
