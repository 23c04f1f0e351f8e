import type { FormatCallback } from 'html-to-text';
import { createMarkers, type Part } from './place-slots.ts';

/** Derives the plain text part from the HTML, slots included: links keep their address, an `if` keeps its lines. */
export async function deriveText(parts: readonly Part[]): Promise<Part[]> {
  const { convert } = await import('html-to-text');
  const markers = createMarkers(parts.map((part) => (part.kind === 'static' ? part.text : '')).join(''));
  const html = parts
    .map((part, index) => (part.kind === 'static' ? part.text : markers.write(index)))
    .join('');

  const sameText = (left: string, right: string): boolean =>
    withSources(left, parts, markers.pattern) === withSources(right, parts, markers.pattern);
  const text = convert(html, {
    wordwrap: false,
    formatters: { link: formatLink(sameText), cell: formatCell },
    selectors: [
      { selector: 'head', format: 'skip' },
      { selector: 'div[style*="display:none"]', format: 'skip' },
      { selector: 'img', format: 'skip' },
      { selector: '.not-in-text', format: 'skip' },
      { selector: 'a', format: 'link' },
      ...['h1', 'h2', 'h3', 'h4'].map((selector) => ({
        selector,
        format: 'heading',
        options: { uppercase: false, leadingLineBreaks: 2, trailingLineBreaks: 2 },
      })),
      { selector: 'table', format: 'block', options: { leadingLineBreaks: 1, trailingLineBreaks: 1 } },
      { selector: 'tr', format: 'block', options: { leadingLineBreaks: 1, trailingLineBreaks: 1 } },
      { selector: 'td', format: 'cell' },
      { selector: 'div', format: 'block', options: { leadingLineBreaks: 2, trailingLineBreaks: 2 } },
    ],
  });
  return cutAtMarkers(tidy(text, parts, markers.pattern), parts, markers.pattern);
}

function formatLink(sameText: (left: string, right: string) => boolean): FormatCallback {
  return (element, walk, builder) => {
    walk(element.children, builder);
    const href = String(element.attribs?.href ?? '').trim();
    if (href !== '' && !sameText(href, textOf(element))) builder.addInline(` <${href}>`);
  };
}

const formatCell: FormatCallback = (element, walk, builder) => {
  walk(element.children, builder);
  builder.addInline(' ');
};

interface TextNode {
  readonly data?: string | undefined;
  readonly children?: readonly TextNode[] | undefined;
}

function textOf(node: TextNode): string {
  return (node.data ?? (node.children ?? []).map(textOf).join('')).trim();
}

function withSources(text: string, parts: readonly Part[], pattern: RegExp): string {
  return text.replace(pattern, (_marker, index) => {
    const part = parts[Number(index)];
    return part?.kind === 'piece' ? part.piece.source : '';
  });
}

// A line of nothing but `if` tags would leave an empty line behind: it moves to the end of the line before.
function tidy(text: string, parts: readonly Part[], pattern: RegExp): string {
  const isControl = (line: string): boolean =>
    line !== '' &&
    line
      .replace(pattern, (marker, index) => {
        const part = parts[Number(index)];
        return part?.kind === 'piece' && part.piece.kind !== 'output' ? '' : marker;
      })
      .trim() === '';
  let tidied = '';
  let blank = 0;
  for (const raw of text.split('\n')) {
    const line = raw.trim();
    if (line === '') blank += 1;
    else if (isControl(line)) tidied += line.replace(/\s+/g, '');
    else {
      tidied += `${tidied === '' ? '' : '\n'.repeat(Math.min(blank, 1) + 1)}${line}`;
      blank = 0;
    }
  }
  return `${tidied}\n`;
}

function cutAtMarkers(text: string, parts: readonly Part[], pattern: RegExp): Part[] {
  const cut: Part[] = [];
  let position = 0;
  for (const match of text.matchAll(pattern)) {
    const part = parts[Number(match[1])];
    if (part?.kind !== 'piece') continue;
    cut.push({ kind: 'static', text: text.slice(position, match.index) });
    position = match.index + match[0].length;
    const place = part.place === 'url' ? 'plain_url' : part.place === 'url_part' ? 'url_part' : 'plain';
    cut.push({ ...part, place, scope: '' });
  }
  cut.push({ kind: 'static', text: text.slice(position) });
  return cut;
}
