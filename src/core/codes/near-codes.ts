import { CODE_ALPHABET } from './check-symbol.ts';
import { isCode } from './code.ts';

/** Well-formed codes that one slip away from `code`: a wrong, a missing or an extra symbol, or two neighbours swapped. */
export function listNearCodes(code: string): string[] {
  return [...new Set(slipsOf(code))].filter(isCode).sort();
}

/** Well-formed codes that are two wrong symbols away from `code`. */
export function listCodesTwoSymbolsAway(code: string): string[] {
  const found = new Set<string>();
  for (let first = 0; first < code.length; first += 1) {
    for (const symbol of CODE_ALPHABET) {
      const changed = replaceAt(code, first, symbol);
      for (let second = first + 1; second < code.length; second += 1) {
        for (const other of CODE_ALPHABET) found.add(replaceAt(changed, second, other));
      }
    }
  }
  found.delete(code);
  return [...found].filter(isCode).sort();
}

function* slipsOf(code: string): Iterable<string> {
  for (let at = 0; at <= code.length; at += 1) {
    for (const symbol of CODE_ALPHABET) {
      if (at < code.length) yield replaceAt(code, at, symbol);
      yield code.slice(0, at) + symbol + code.slice(at);
    }
    if (at < code.length) yield code.slice(0, at) + code.slice(at + 1);
    if (at + 1 < code.length) yield code.slice(0, at) + code[at + 1] + code[at] + code.slice(at + 2);
  }
}

function replaceAt(code: string, at: number, symbol: string): string {
  return code.slice(0, at) + symbol + code.slice(at + 1);
}
