/** A link or image of a mail. */
export interface MarkupLink {
  readonly tag: string;
  /** As written, entities resolved. */
  readonly url: string;
  /** What a reader sees of a link. */
  readonly text: string;
}

/** What can be told of the HTML of a mail without showing it. */
export interface Markup {
  readonly links: readonly MarkupLink[];
  /** Elements and attributes that do something: scripts, forms, event handlers. */
  readonly active: readonly string[];
  /** Texts that are there and not shown, one for each hidden element. */
  readonly hidden: readonly string[];
  readonly images: number;
  readonly words: number;
}

interface Open {
  readonly tag: string;
  readonly hidden: boolean;
  readonly link: { url: string; text: string } | undefined;
}

const VOID = new Set('area base br col embed hr img input link meta param source track wbr'.split(' '));
const SILENT = new Set(['head', 'style', 'script', 'title', 'noscript']);
const ACTIVE = new Set('script form input button iframe object embed applet video audio'.split(' '));

/** Reads the HTML of one mail with the tokenizer of the HTML standard. */
export async function readMarkup(html: string): Promise<Markup> {
  const { Tokenizer, TokenizerMode } = await import('parse5');
  const links: MarkupLink[] = [];
  const active: string[] = [];
  const hidden = new Map<Open | undefined, string>();
  const open: Open[] = [];
  let images = 0;
  let shown = '';

  const text = (chars: string): void => {
    if (open.some(({ tag }) => SILENT.has(tag))) return;
    const link = open.findLast((element) => element.link !== undefined)?.link;
    if (link !== undefined) link.text += chars;
    const block = open.at(-1)?.hidden === true ? open.find((element) => element.hidden) : undefined;
    if (block === undefined) shown += chars;
    else hidden.set(block, (hidden.get(block) ?? '') + chars);
  };
  const close = (element: Open): void => {
    if (element.link !== undefined) links.push({ tag: 'a', ...element.link, text: element.link.text.trim() });
  };

  const tokenizer: InstanceType<typeof Tokenizer> = new Tokenizer(
    {},
    {
      onCharacter: ({ chars }) => text(chars),
      onWhitespaceCharacter: ({ chars }) => text(chars),
      onNullCharacter: () => undefined,
      onComment: () => undefined,
      onDoctype: () => undefined,
      onEof: () => undefined,
      onStartTag: ({ tagName, attrs, selfClosing }) => {
        const attributes = new Map(attrs.map(({ name, value }) => [name, value]));
        active.push(...findActive(tagName, attributes));
        if (tagName === 'img') {
          images += 1;
          links.push({ tag: 'img', url: attributes.get('src') ?? '', text: '' });
        }
        if (VOID.has(tagName) || selfClosing) return;
        open.push(openElement(tagName, attributes, open.at(-1)?.hidden === true));
        if (tagName === 'style') tokenizer.state = TokenizerMode.RAWTEXT;
        if (tagName === 'script') tokenizer.state = TokenizerMode.SCRIPT_DATA;
      },
      onEndTag: ({ tagName }) => {
        const at = open.findLastIndex(({ tag }) => tag === tagName);
        if (at !== -1) open.splice(at).forEach(close);
      },
    },
  );
  tokenizer.write(html, true);
  open.forEach(close);
  const words = shown.match(/[\p{L}\p{N}]+/gu)?.length ?? 0;
  return {
    links,
    active: [...new Set(active)],
    hidden: [...hidden.values()].filter((block) => /[\p{L}\p{N}]/u.test(block)),
    images,
    words,
  };
}

function openElement(tag: string, attributes: ReadonlyMap<string, string>, isInHidden: boolean): Open {
  const href = tag === 'a' ? attributes.get('href') : undefined;
  return {
    tag,
    hidden: isHidden(attributes.get('style'), isInHidden),
    link: href === undefined ? undefined : { url: href, text: '' },
  };
}

function findActive(tag: string, attributes: ReadonlyMap<string, string>): readonly string[] {
  const refreshes = tag === 'meta' && attributes.get('http-equiv')?.toLowerCase() === 'refresh';
  return [
    ...(ACTIVE.has(tag) ? [`<${tag}>`] : []),
    ...[...attributes.keys()].filter((name) => /^on[a-z]/.test(name)),
    ...(refreshes ? ['<meta http-equiv="refresh">'] : []),
  ];
}

// `font-size:0` is what MJML writes around its columns; the texts in them have a size of their own.
function isHidden(style: string | undefined, isInherited: boolean): boolean {
  if (style === undefined) return isInherited;
  const css = style.toLowerCase().replaceAll(/\s+/g, '');
  if (/display:none|visibility:hidden|opacity:0(?![.\d])/.test(css)) return true;
  const size = /font-size:([\d.]+)/.exec(css)?.[1];
  return size === undefined ? isInherited : Number(size) === 0;
}
