import type { Markup, MarkupLink } from '../templates/read-markup.ts';

/** Something that filters hold against a mail, whatever it says. */
export interface SpamMark {
  readonly name: string;
  /** Undefined when the mail is free of it. */
  readonly found: string | undefined;
  readonly good: string;
  readonly fix: string;
}

// The preheader of a template and one of <mj-preview>.
const HIDDEN_PREHEADERS = 2;
const FEW_WORDS = 20;

/** Looks at one rendered mail for what filters dislike; every rule is told whether or not it found something. */
export function findSpamMarks(subject: string, markup: Markup): readonly SpamMark[] {
  const { links, active, hidden, images, words } = markup;
  const disguised = links.find(isDisguised);
  const numeric = links.find(({ url }) => /^https?:\/\/(?:\d+\.){3}\d+(?:[:/]|$)|^https?:\/\/\[/i.test(url));
  return [
    {
      name: 'subject_capitals',
      found: isShouting(subject) ? `"${subject}" is in capitals` : undefined,
      good: 'the subject does not shout',
      fix: 'Write the subject in ordinary letters.',
    },
    {
      name: 'subject_marks',
      found: /!!|\?\?|!.*!|[$€£]{2}/.test(subject) ? `"${subject}" has many marks` : undefined,
      good: 'the subject is calm',
      fix: 'One mark of exclamation in the subject is enough.',
    },
    {
      name: 'subject_reply',
      found: /^\s*(?:re|fwd?|aw|wg|antw|tr)\s*:/i.test(subject)
        ? `"${subject}" looks like an answer`
        : undefined,
      good: 'the subject claims no conversation',
      fix: 'Leave out Re: and Fwd: where there was no mail before.',
    },
    {
      name: 'active_markup',
      found: active.length > 0 ? active.join(', ') : undefined,
      good: 'no scripts, forms or frames',
      fix: 'Take them out: mail programs remove them and filters count them.',
    },
    {
      name: 'hidden_text',
      found: hidden.length > HIDDEN_PREHEADERS ? `"${shorten(hidden.at(-1) ?? '')}"` : undefined,
      good: 'no text is hidden but the preheader',
      fix: 'Show the text, or take it out.',
    },
    {
      name: 'disguised_link',
      found: disguised === undefined ? undefined : `"${disguised.text}" leads to ${hostOf(disguised.url)}`,
      good: 'links lead where they say',
      fix: 'Let the text of a link be words, or the address that it leads to.',
    },
    {
      name: 'numeric_link',
      found: numeric?.url,
      good: 'links name their hosts',
      fix: 'Link to a name, not to a number.',
    },
    {
      name: 'embedded_image',
      found: links.some(({ url }) => /^data:/i.test(url)) ? 'an image is part of the HTML' : undefined,
      good: 'images are linked',
      fix: 'Put the image on your server and link to it with https.',
    },
    {
      name: 'image_only',
      found: images > 0 && words < FEW_WORDS ? `${images} images and ${words} words` : undefined,
      good: 'there are words enough',
      fix: 'Say in words what the image says.',
    },
  ];
}

function isShouting(subject: string): boolean {
  const letters = subject.match(/\p{L}/gu) ?? [];
  const capitals = subject.match(/\p{Lu}/gu) ?? [];
  return capitals.length >= 10 && capitals.length > letters.length * 0.7;
}

// A text that looks like an address and is that of another site is how phishing looks.
function isDisguised({ tag, text, url }: MarkupLink): boolean {
  const shown = /^(?:https?:\/\/)?((?:[\p{L}\p{N}-]+\.)+\p{L}{2,})(?:[/?#:]\S*)?$/iu.exec(text)?.[1];
  const host = hostOf(url);
  if (tag !== 'a' || shown === undefined || host === '') return false;
  const plain = (name: string): string => name.toLowerCase().replace(/^www\./, '');
  return plain(shown) !== plain(host) && !plain(host).endsWith(`.${plain(shown)}`);
}

function hostOf(url: string): string {
  return /^https?:/i.test(url) && URL.canParse(url) ? new URL(url).hostname : '';
}

function shorten(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > 60 ? `${line.slice(0, 59)}…` : line;
}
