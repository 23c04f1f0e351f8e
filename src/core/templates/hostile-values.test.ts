import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { type DefaultTreeAdapterTypes, parse } from 'parse5';
import { beforeAll, describe, expect, it } from 'vitest';
import { fillMail } from '../../../test/template-fixture.ts';
import { packageRoot } from '../package.ts';
import { compileMessage } from './compile-message.ts';
import { getTemplate } from './find-template.ts';
import { type MessageProgram, missingVariables } from './message-program.ts';
import { listShippedNames } from './read-template.ts';
import { templateSamples } from './template-samples.ts';
import type { Values } from './values.ts';
import { variables } from './variables.ts';

/** Variables that a shipped template compares with words of its own, or that filters take. */
const DECIDING = new Set([
  'reward_type',
  'reward_status',
  'reward_currency',
  'badge',
  'locale',
  'contest_timezone',
  'timezone',
]);

// Values that people type or that come from files; numbers and times decide which branch is taken, and are ours.
const TYPED = variables.filter(
  ({ type, name }) => type !== 'number' && type !== 'time' && type !== 'amount' && !DECIDING.has(name),
);
const NAUGHTY = join(packageRoot(), '..', 'shared', 'data', 'words', 'blns.json');

const nastyPiece = fc.constantFrom(
  ...[
    '<',
    '>',
    '"',
    "'",
    '`',
    '&',
    '&lt;',
    '&#x3c;',
    '<!--',
    '-->',
    '--!>',
    ']]>',
    '<![CDATA[',
    '<script>',
    '</script>',
  ],
  ...[
    '</title>',
    '</style>',
    '</td></tr></table>',
    '<img src=x onerror=alert(1)>',
    ' onclick="x"',
    'javascript:',
    'https://',
  ],
  ...[
    '\r\n',
    '\n',
    '\r',
    '\0',
    '\u2028',
    '\u0085',
    '\t',
    '{{ code }}',
    '{% if %}',
    '\u202e',
    '\ud800',
    '𐀀',
    'é',
    '<plaintext>',
    '%0a',
    '\\',
  ],
);
const nasty = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc
    .array(fc.oneof(nastyPiece, fc.string({ maxLength: 4 })), { maxLength: 12 })
    .map((pieces) => pieces.join('')),
);

interface Shipped {
  readonly program: MessageProgram;
  readonly sample: Values;
  /** The mail with a harmless text everywhere. */
  readonly shape: string;
  readonly lines: number;
}

let shipped: readonly Shipped[] = [];

beforeAll(async () => {
  const names = await listShippedNames();
  shipped = await Promise.all(
    names.map(async (name) => {
      const template = await getTemplate(undefined, name);
      const program = await compileMessage(template);
      const sample = templateSamples(template);
      const { html, text } = fillMail(
        program,
        withTyped(sample, () => 'x'),
      );
      return { program, sample, shape: shapeOf(html), lines: text.split('\n').length };
    }),
  );
});

describe('a hostile value in a shipped template', () => {
  it('changes neither the element tree nor the lines, whatever is generated', () => {
    fc.assert(
      fc.property(nasty, (value) => assertHarmless(() => value)),
      { numRuns: 60 },
    );
  }, 60_000);

  it.runIf(existsSync(NAUGHTY))(
    'does no harm for any of the Big List of Naughty Strings',
    () => {
      const strings = JSON.parse(readFileSync(NAUGHTY, 'utf8')) as string[];
      // Every string is in several variables of each template, and each variable has several neighbours.
      for (let start = 0; start < strings.length; start += 8) {
        assertHarmless((index) => strings[(start + index) % strings.length] ?? '');
      }
    },
    60_000,
  );
});

function assertHarmless(valueAt: (index: number) => string): void {
  for (const { program, sample, shape, lines } of shipped) {
    const values = withTyped(sample, valueAt);
    const hostile = fillMail(program, values);
    expect(shapeOf(hostile.html)).toBe(shape);
    expect(hostile.subject).not.toMatch(/[\r\n\0\u2028\u2029\u0085]/);
    expect(hostile.text.split(/\r\n|\r|\n/)).toHaveLength(lines);
    expect(missingVariables(program, values)).toEqual([]);
  }
}

// An empty text is no value: then another branch is taken, rightly.
function withTyped(sample: Values, valueAt: (index: number) => string): Values {
  const typed = TYPED.map(({ name }, index) => {
    const value = valueAt(index);
    return [name, value.trim() === '' ? 'x' : value];
  });
  return { ...sample, ...Object.fromEntries(typed) };
}

/** Elements with the names of their attributes, and every attribute whose value no slot may change. */
function shapeOf(html: string): string {
  const errors: string[] = [];
  const document = parse(html, { onParseError: ({ code }) => errors.push(code) });
  return `${shapeOfNode(document)} ${errors.join()}`;
}

function shapeOfNode(node: DefaultTreeAdapterTypes.Node): string {
  const attributes =
    'attrs' in node
      ? node.attrs
          .map(({ name, value }) => (/^(?:style|class|on)/.test(name) ? `${name}=${value}` : name))
          .join()
      : '';
  const children = 'childNodes' in node ? node.childNodes.filter(({ nodeName }) => nodeName !== '#text') : [];
  return `${node.nodeName}[${attributes}](${children.map(shapeOfNode).join('')})`;
}
