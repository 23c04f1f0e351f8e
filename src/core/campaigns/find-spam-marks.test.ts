import { describe, expect, it } from 'vitest';
import { readMarkup } from '../templates/read-markup.ts';
import { findSpamMarks } from './find-spam-marks.ts';

const WORDS =
  '<p>One two three four five six seven eight nine ten one two three four five six seven eight nine ten</p>';

async function marksOf(subject: string, html: string): Promise<readonly string[]> {
  const marks = findSpamMarks(
    subject,
    await readMarkup(`<html><head><title>x</title></head><body>${html}</body></html>`),
  );
  return marks.flatMap(({ name, found }) => (found === undefined ? [] : [name]));
}

describe('what filters dislike', () => {
  it.each<[string, string, string]>([
    ['subject_capitals', 'YOUR CODE IS HERE', WORDS],
    ['subject_marks', 'Your code!!', WORDS],
    ['subject_reply', 'Re: your code', WORDS],
    ['active_markup', 'Your code', `${WORDS}<form action="x"></form>`],
    ['active_markup', 'Your code', `${WORDS}<p onclick="x()">a</p>`],
    ['disguised_link', 'Your code', `${WORDS}<a href="https://evil.test/">www.bank.nl</a>`],
    ['numeric_link', 'Your code', `${WORDS}<a href="https://10.1.2.3/x">here</a>`],
    ['embedded_image', 'Your code', `${WORDS}<img src="data:image/png;base64,AAAA">`],
    ['image_only', 'Your code', '<img src="https://a.nl/a.png"><p>Look</p>'],
    [
      'hidden_text',
      'Your code',
      `${'<div style="display:none">a preheader</div>'.repeat(2)}${WORDS}<p style="font-size: 0">cheap pills</p>`,
    ],
  ])('%s', async (name, subject, html) => {
    expect(await marksOf(subject, html)).toEqual([name]);
  });

  it('nothing in an ordinary mail', async () => {
    const html = `<div style="display:none">Share it &#847;&zwnj;</div><div style="font-size:0px"><div style="font-size:16px">${WORDS}</div></div>
      <a href="https://www.travel.nl/r/X">travel.nl</a> <a href="https://go.travel.nl/x">Travel now</a><style>p { display:none }</style>`;
    expect(await marksOf('Anna, your code for the NL contest!', html)).toEqual([]);
  });
});
