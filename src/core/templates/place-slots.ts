import type { Token } from 'parse5';
import type { Piece } from './parse-slots.ts';
import type { Problem } from './problem.ts';
import type { Place } from './slot.ts';

/** A stretch of a message: static, or a piece of the slot language together with where it stands. */
export type Part =
  | { readonly kind: 'static'; readonly text: string }
  | {
      readonly kind: 'piece';
      readonly piece: Exclude<Piece, { kind: 'static' }>;
      readonly place: Exclude<Place, 'block'>;
      /** Equal for two places that an `if` may begin and end in: the same open elements, or the same attribute. */
      readonly scope: string;
    };

/** Stand-ins for pieces that survive MJML and HTML to text: letters and digits that the source does not have. */
export interface Markers {
  readonly pattern: RegExp;
  readonly write: (index: number) => string;
}

interface Region {
  readonly start: number;
  readonly end: number;
  readonly scope: string;
  readonly place?: Exclude<Place, 'block'>;
  /** Why nothing may be filled in here. */
  readonly refused?: string;
  /** For a link: where its value begins. */
  readonly valueStart?: number;
}

const VOID = new Set('area base br col embed hr img input link meta param source track wbr'.split(' '));
const URL_ATTRIBUTES = new Set(
  'href src action formaction background cite poster longdesc data icon manifest'.split(' '),
);
const REFUSED_ATTRIBUTES = new Set('style srcdoc srcset ping http-equiv xmlns'.split(' '));
const REFUSED_ELEMENTS = new Set('meta base link script style object embed iframe applet'.split(' '));
const NOT_FOR_TEXT = new Set('html head table tbody thead tfoot tr colgroup select'.split(' '));
const BETWEEN_ROWS = 'between the parts of a table';
const FOREIGN = new Set(['svg', 'math']);
const MODES: Readonly<Record<string, 'RCDATA' | 'RAWTEXT' | 'SCRIPT_DATA' | 'PLAINTEXT'>> = {
  title: 'RCDATA',
  textarea: 'RCDATA',
  style: 'RAWTEXT',
  xmp: 'RAWTEXT',
  iframe: 'RAWTEXT',
  noembed: 'RAWTEXT',
  noframes: 'RAWTEXT',
  script: 'SCRIPT_DATA',
  plaintext: 'PLAINTEXT',
};

/** Markers for a text: their letters do not occur in it. */
export function createMarkers(source: string): Markers {
  let prefix = 'qslot';
  while (source.toLowerCase().includes(prefix)) prefix += 'q';
  return { pattern: new RegExp(`${prefix}(\\d+)z`, 'g'), write: (index) => `${prefix}${index}z` };
}

/**
 * Cuts compiled HTML at its markers and finds, with the tokenizer of the HTML standard, where each stands.
 * A slot in a style, script, comment, tag or unquoted attribute goes to `problems`.
 */
export async function placeSlots(
  html: string,
  markers: Markers,
  pieces: readonly Piece[],
  problems: Problem[],
): Promise<Part[]> {
  const regions = await findRegions(html);
  const parts: Part[] = [];
  let position = 0;
  let region = 0;
  for (const match of html.matchAll(markers.pattern)) {
    const piece = pieces[Number(match[1])];
    if (piece === undefined || piece.kind === 'static') continue;
    parts.push({ kind: 'static', text: html.slice(position, match.index) });
    position = match.index + match[0].length;
    while (region < regions.length - 1 && (regions[region]?.end ?? 0) <= match.index) region += 1;
    const found = regions[region];
    const here = found !== undefined && found.start <= match.index ? found : undefined;
    const placed = placeIn(here, piece, (valueStart) =>
      isStarted(html.slice(valueStart, match.index), markers, pieces),
    );
    if (typeof placed === 'string') problems.push(refusal(piece, placed));
    else parts.push({ kind: 'piece', piece, ...placed });
  }
  parts.push({ kind: 'static', text: html.slice(position) });
  return parts;
}

type Placed = Omit<Extract<Part, { kind: 'piece' }>, 'kind' | 'piece'>;

// A text says why not.
function placeIn(
  region: Region | undefined,
  piece: Exclude<Piece, { kind: 'static' }>,
  isStartedHere: (valueStart: number) => boolean | undefined,
): Placed | string {
  if (region === undefined) return 'in a tag';
  const { place, refused, scope, valueStart } = region;
  if (place === undefined) {
    // Between the rows of a table no text may stand, but an `if` may.
    const isAllowed = piece.kind !== 'output' && refused === BETWEEN_ROWS;
    return isAllowed ? { place: 'text', scope } : (refused ?? 'there');
  }
  if (valueStart === undefined || piece.kind !== 'output') return { place, scope };
  const started = isStartedHere(valueStart);
  if (started === undefined) return 'in a link whose beginning depends on an if';
  return { place: started ? 'url_part' : 'url', scope };
}

function refusal(piece: Exclude<Piece, { kind: 'static' }>, where: string): Problem {
  return {
    severity: 'error',
    rule: 'slot_place',
    message: `${piece.source} stands ${where}`,
    where: piece.where,
    hint: 'Slots may stand in text, in quoted attributes and in links.',
  };
}

/** Does a link already have a beginning before this place? Undefined when that depends on an `if`. */
function isStarted(before: string, markers: Markers, pieces: readonly Piece[]): boolean | undefined {
  const open: { before: boolean; changed: boolean }[] = [];
  let started = false;
  let depends = false;
  let position = 0;
  for (const match of before.matchAll(markers.pattern)) {
    const piece = pieces[Number(match[1])];
    started ||= piece?.kind === 'output' || before.slice(position, match.index).trim() !== '';
    position = match.index + match[0].length;
    const innermost = open.at(-1);
    if (piece?.kind === 'if') open.push({ before: started, changed: false });
    else if (piece?.kind !== 'output' && innermost !== undefined) {
      innermost.changed ||= started !== innermost.before;
      started = innermost.before;
      if (piece?.kind === 'end') depends = open.pop()?.changed === true || depends;
    }
  }
  if (started || before.slice(position).trim() !== '') return true;
  return depends ? undefined : false;
}

async function findRegions(html: string): Promise<Region[]> {
  const { Tokenizer, TokenizerMode } = await import('parse5');
  const regions: Region[] = [];
  const open: { id: number; tag: string }[] = [];
  let ids = 0;
  let foreign = 0;

  const text = (token: Token.CharacterToken): void => {
    const { location } = token;
    if (location === null) return;
    const tag = open.at(-1)?.tag ?? '';
    const scope = `in ${open.map(({ id }) => id).join('/')}`;
    const refused = refusedText(tag, foreign > 0);
    const range = { start: location.startOffset, end: location.endOffset, scope };
    regions.push(refused === undefined ? { ...range, place: 'text' } : { ...range, refused });
  };

  const tokenizer: InstanceType<typeof Tokenizer> = new Tokenizer(
    { sourceCodeLocationInfo: true },
    {
      onCharacter: text,
      onNullCharacter: text,
      onWhitespaceCharacter: text,
      onDoctype: () => undefined,
      onEof: () => undefined,
      onComment: ({ location }) => {
        if (location === null) return;
        regions.push({
          start: location.startOffset,
          end: location.endOffset,
          scope: '',
          refused: 'in a comment',
        });
      },
      onStartTag: (token) => {
        const { tagName } = token;
        ids += 1;
        for (const attribute of attributeRegions(html, token, ids)) regions.push(attribute);
        if (VOID.has(tagName)) return;
        open.push({ id: ids, tag: tagName });
        if (FOREIGN.has(tagName)) foreign += 1;
        // What the tree builder of the standard tells its tokenizer.
        const mode = MODES[tagName];
        if (mode !== undefined) tokenizer.state = TokenizerMode[mode];
      },
      onEndTag: ({ tagName }) => {
        const at = open.findLastIndex(({ tag }) => tag === tagName);
        if (at === -1) return;
        for (const { tag } of open.splice(at)) if (FOREIGN.has(tag)) foreign -= 1;
      },
    },
  );
  tokenizer.write(html, true);
  return regions.sort((left, right) => left.start - right.start);
}

function refusedText(tag: string, isForeign: boolean): string | undefined {
  if (isForeign) return 'in an svg or math element';
  const mode = MODES[tag];
  if (REFUSED_ELEMENTS.has(tag) || (mode !== undefined && mode !== 'RCDATA')) return `in <${tag}>`;
  if (tag === 'html' || tag === 'head' || tag === '') return 'outside of the body';
  return NOT_FOR_TEXT.has(tag) ? BETWEEN_ROWS : undefined;
}

function attributeRegions(html: string, token: Token.TagToken, id: number): Region[] {
  const regions: Region[] = [];
  for (const [name, location] of Object.entries(token.location?.attrs ?? {})) {
    const raw = html.slice(location.startOffset, location.endOffset);
    const quoted = /^[^=]*=\s*["']/.exec(raw);
    if (quoted === null) continue;
    const start = location.startOffset + quoted[0].length;
    const range = { start, end: location.endOffset - 1, scope: `${id} ${name}` };
    if (isRefusedAttribute(name, token.tagName)) {
      regions.push({ ...range, refused: `in the ${name} attribute of <${token.tagName}>` });
    } else if (URL_ATTRIBUTES.has(name) || name.endsWith(':href')) {
      regions.push({ ...range, place: 'url', valueStart: start });
    } else {
      regions.push({ ...range, place: 'attribute' });
    }
  }
  return regions;
}

function isRefusedAttribute(name: string, tag: string): boolean {
  return name.startsWith('on') || REFUSED_ATTRIBUTES.has(name) || REFUSED_ELEMENTS.has(tag);
}
