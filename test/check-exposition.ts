/*
 * What `promtool check metrics` and the textfile collector of the node exporter ask of a file in the text exposition format
 * 0.0.4 (https://prometheus.io/docs/instrumenting/exposition_formats/): gives every breach.
 */

const NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const SAMPLE = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)$/;
const LABEL = /^([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"(?:,|$)/;
const NUMBER = /^(?:[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?|[+-]Inf|NaN)$/;
const TYPES = ['counter', 'gauge', 'histogram', 'summary', 'untyped'];

interface Family {
  readonly help: boolean;
  readonly type: string | undefined;
  readonly samples: number;
}

export function checkExposition(text: string): string[] {
  if (text === '') return [];
  const breaches = text.endsWith('\n') ? [] : ['the last line has no line feed'];
  const families = new Map<string, Family>();
  const seen = new Set<string>();
  let current = '';
  for (const [index, line] of text.split('\n').slice(0, -1).entries()) {
    const say = (what: string): number => breaches.push(`line ${index + 1}: ${what}: ${line}`);
    const [, kind, named = '', rest = ''] = /^# (HELP|TYPE) (\S+) ?(.*)$/.exec(line) ?? [];
    if (line.startsWith('#') && kind === undefined) continue;
    const [, sampled, labels = '', value = ''] = kind === undefined ? (SAMPLE.exec(line) ?? []) : [];
    const name = kind === undefined ? (sampled ?? '') : named;
    if (!NAME.test(name)) {
      say('no name');
      continue;
    }
    if (name !== current && (families.get(name)?.samples ?? 0) > 0) say('the samples of a name stand apart');
    current = name;
    const family = families.get(name) ?? { help: false, type: undefined, samples: 0 };
    if (kind !== undefined) {
      if (family.samples > 0) say('HELP and TYPE stand before the samples');
      if (kind === 'HELP' && (family.help || rest === '')) say('one HELP with a text for each name');
      if (kind === 'TYPE' && (family.type !== undefined || !TYPES.includes(rest))) say('one known TYPE');
      families.set(name, { ...family, ...(kind === 'HELP' ? { help: true } : { type: rest }) });
      continue;
    }
    families.set(name, { ...family, samples: family.samples + 1 });
    if (!family.help || family.type === undefined) say('no HELP or TYPE');
    if (family.type === 'counter' && !name.endsWith('_total')) say('a counter ends in _total');
    if (family.type === 'gauge' && name.endsWith('_total')) say('a gauge does not end in _total');
    if (!NUMBER.test(value)) say('no number');
    const set = readLabels(labels);
    if (set === undefined) say('labels');
    const key = `${name}{${(set ?? []).sort().join()}}`;
    if (seen.has(key)) say('twice');
    seen.add(key);
  }
  return breaches;
}

/** `job="x",a="b"` → its pairs, or undefined where it is none or a name comes twice. */
function readLabels(text: string): string[] | undefined {
  const pairs: string[] = [];
  const names = new Set<string>();
  let rest = text;
  while (rest !== '') {
    const [whole, name] = LABEL.exec(rest) ?? [];
    if (whole === undefined || name === undefined || names.has(name)) return undefined;
    names.add(name);
    pairs.push(whole.replace(/,$/, ''));
    rest = rest.slice(whole.length);
  }
  return pairs;
}
