import { describe, expect, it } from 'vitest';
import { fillMail, mailOf, templateOf } from '../../../test/template-fixture.ts';
import { compileMessage } from './compile-message.ts';
import { fillSlots, missingVariables } from './message-program.ts';
import { parseMessage } from './parse-message.ts';

const text = (content: string): string => `<mj-text>${content}</mj-text>`;

describe('a compiled template', () => {
  it('has static pieces with a slot between each two', async () => {
    const program = await compileMessage(templateOf(text('Hi {{ first_name }}, {{ code }}.')));
    for (const part of [program.html, program.text, program.subject]) {
      expect(part.statics).toHaveLength(part.slots.length + 1);
    }
    expect(program.variables).toEqual(['code', 'first_name']);
  });

  it('fills html, plain text and subject from the same values', async () => {
    const template = templateOf(text('Hi {{ first_name }}'), { subject: '{{first_name}}, hello' });
    const mail = await mailOf(template, { first_name: 'Zoë & Ann' });
    expect(mail.html).toContain('Hi Zoë &amp; Ann');
    expect(mail.text).toBe('Hi Zoë & Ann\n');
    expect(mail.subject).toBe('Zoë & Ann, hello');
  });

  it('takes another subject for a variant and says what is wrong with it', async () => {
    const template = templateOf(text('{{ code }}'));
    const program = await compileMessage(template, { subject: 'For {{ first_name }}' });
    expect(fillMail(program, { first_name: 'Jo', code: 'X' }).subject).toBe('For Jo');
    await expect(compileMessage(template, { subject: 'For {{ name1 }}' })).rejects.toMatchObject({
      code: 'input_unusable',
      reason: 'subject:1:5: there is no variable "name1"',
    });
  });

  it('makes one slot of the same expression in the same kind of place', async () => {
    const program = await compileMessage(
      templateOf(text('{{ code }} {{code}} <b title="{{ code }}">x</b> <a href="{{ code }}">y</a>')),
    );
    expect(program.slots.filter(({ place }) => place !== 'plain').map(({ place }) => place)).toEqual([
      'text',
      'url',
      'plain_url',
    ]);
  });

  it('keeps apart two blocks that differ only in the condition of an elsif', async () => {
    const program = await compileMessage(
      templateOf(
        text('{% if tier %}a{% elsif code %}b{% endif %}-{% if tier %}a{% elsif country %}b{% endif %}'),
      ),
    );
    expect(fillMail(program, { country: 'NL' }).text).toBe('-b\n');
  });

  it('puts the preheader into the html, hidden, and not into the plain text', async () => {
    const template = templateOf(text('Body'), { preheader: 'More < {{ benefit }}' });
    const mail = await mailOf(template, { benefit: '<b>' });
    expect(mail.html).toMatch(/display:none[^>]*>More &lt; &lt;b&gt;/);
    expect(mail.text).toBe('Body\n');
  });

  it('ignores comments of the author, slots and all', async () => {
    const mail = await mailOf(templateOf(`<!-- {{ nonsense }} -->${text('Body')}`), {});
    expect(mail.html).not.toContain('nonsense');
  });

  it('loads no outside font and follows no include', async () => {
    const mail = await mailOf(templateOf('<mj-text font-family="Ubuntu">x</mj-text>'), {});
    expect(mail.html).not.toContain('fonts.googleapis');
    const { problems } = await parseMessage(templateOf('<mj-include path="/etc/passwd" type="html" />'));
    expect(problems.map(({ rule }) => rule)).toContain('mjml_include');
  });
});

describe('escaping by place', () => {
  const HOSTILE = `"'><script>alert(1)</script>\r\nBcc: all@example.test`;

  it('lets no value out of text, attributes, links, subject or plain text', async () => {
    const body = text(
      '<b title="{{ first_name }}">{{ first_name }}</b> <a href="https://x.test/{{ first_name }}">z</a>',
    );
    const mail = await mailOf(templateOf(body, { subject: '{{ first_name }}' }), { first_name: HOSTILE });
    expect(mail.html).not.toContain('<script>');
    expect(mail.html).toContain('title="&quot;&#39;&gt;&lt;script&gt;');
    expect(mail.html).toContain('https://x.test/%22%27%3E%3Cscript%3E');
    expect(mail.subject).not.toMatch(/[\r\n]/);
    expect(mail.text.trim().split('\n')).toHaveLength(1);
  });

  it.each([
    'javascript:alert(1)',
    ' JaVaScRiPt:alert(1)',
    'data:text/html,x',
    '//evil.test',
    'x',
    'java\nscript:x',
  ])('leads a link with the address %j nowhere, in html and in plain text', async (referral_link) => {
    const mail = await mailOf(templateOf(text('<a href="{{ referral_link }}">go</a>')), { referral_link });
    expect(mail.html).toContain('href="#"');
    expect(mail.text).toBe('go <#>\n');
  });

  it.each(['https://x.test/?a=1&b=2', 'http://x.test', 'mailto:a@x.test'])(
    'keeps the address %s',
    async (referral_link) => {
      const mail = await mailOf(templateOf(text('<a href="{{ referral_link }}">go</a>')), { referral_link });
      expect(mail.html).toContain(`href="${referral_link.replace('&', '&amp;')}"`);
      expect(mail.text).toBe(`go <${referral_link}>\n`);
    },
  );

  it('checks the scheme in each branch of an if that begins a link', async () => {
    const body = text('<a href="{% if code %}{{ first_name }}{% else %}{{ last_name }}{% endif %}">go</a>');
    const evil = 'javascript:alert(1)';
    for (const code of ['x', undefined]) {
      const mail = await mailOf(templateOf(body), { code, first_name: evil, last_name: evil });
      expect(mail.html).toContain('href="#"');
    }
  });

  it('removes marks that turn the text around a value', async () => {
    const mail = await mailOf(templateOf(text('{{ first_name }}!')), {
      first_name: 'a\u202eb\u2066c\u0000d',
    });
    expect(mail.text).toBe('abcd!\n');
  });
});

describe('conditions', () => {
  it('choose by truth, comparison and nesting', async () => {
    const body = text(
      '{% if points > 5 and tier == "gold" %}A{% if code %}B{% endif %}{% elsif points == 1 %}C{% else %}D{% endif %}{% unless code %}E{% endunless %}',
    );
    const program = await compileMessage(templateOf(body));
    const shown = (values: Record<string, string | number>): string => fillMail(program, values).text.trim();
    expect(shown({ points: 6, tier: 'gold', code: 'x' })).toBe('AB');
    expect(shown({ points: 6, tier: 'gold' })).toBe('AE');
    expect(shown({ points: 1, code: 'x' })).toBe('C');
    expect(shown({})).toBe('DE');
  });

  it('take zero, an empty text and nothing for no', async () => {
    const program = await compileMessage(templateOf(text('{% if referrals %}yes{% else %}no{% endif %}')));
    for (const referrals of [0, '', null, undefined]) {
      expect(fillMail(program, { referrals }).text).toBe('no\n');
    }
  });

  it('may hold whole elements, rows of a table too', async () => {
    const body =
      '<mj-table><tr><td>1</td></tr>{% if code %}<tr><td>{{ code }}</td></tr>{% endif %}</mj-table>';
    const program = await compileMessage(templateOf(body));
    expect(fillMail(program, { code: 'X' }).html).toContain('<tr><td>X</td></tr>');
    expect(fillMail(program, {}).html).not.toContain('<td></td>');
    expect(fillMail(program, { code: 'X' }).text).toBe('1\nX\n');
    expect(fillMail(program, {}).text).toBe('1\n');
  });

  it('see only own properties of the values', async () => {
    const program = await compileMessage(
      templateOf(
        text('{% if attributes.constructor %}bad{% endif %}{{ attributes.toString | default: "good" }}'),
      ),
    );
    expect(fillMail(program, { attributes: {} }).text).toBe('good\n');
  });
});

describe('values that are missing', () => {
  it('are named, unless a default or an untaken branch does without them', async () => {
    const program = await compileMessage(
      templateOf(
        text(
          '{{ first_name | default: "you" }} {{ code }} {% if badge %}{{ badge }} {{ points }}{% endif %} {{ attributes.city }}',
        ),
      ),
    );
    expect(missingVariables(program, {})).toEqual(['attributes.city', 'code']);
    expect(missingVariables(program, { code: 'X', attributes: { city: 'Ede' }, badge: 'B' })).toEqual([
      'points',
    ]);
    expect(missingVariables(program, { code: '', attributes: { city: 'Ede' } })).toEqual(['code']);
  });

  it('include those that a filter can not write', async () => {
    const program = await compileMessage(
      templateOf(text('{{ last_day | date }} {{ reward_amount | money: "EUR" }}')),
    );
    expect(missingVariables(program, { last_day: 'soon', reward_amount: 'much' })).toEqual([
      'last_day',
      'reward_amount',
    ]);
    expect(fillSlots(program, { last_day: 'soon', reward_amount: 'much' }).join('')).toBe('');
  });
});

describe('plain text', () => {
  it('keeps the address of a link, unless it is the text itself', async () => {
    const body = text(
      '<a href="{{ referral_link }}">Go</a> <a href="{{referral_link}}">{{ referral_link }}</a>',
    );
    const mail = await mailOf(templateOf(body), { referral_link: 'https://x.test/a' });
    expect(mail.text).toBe('Go <https://x.test/a> https://x.test/a\n');
  });

  it('leaves no empty lines where an if block is not taken', async () => {
    const body = text('<p>One</p>{% if code %}<p>Two</p>{% endif %}<p>Three</p>');
    const program = await compileMessage(templateOf(body));
    expect(fillMail(program, {}).text).toBe('One\n\nThree\n');
    expect(fillMail(program, { code: 'x' }).text).toBe('One\n\nTwo\n\nThree\n');
  });
});

describe('a template that can not be used', () => {
  it.each([
    ['{{ frist_name }}', 'unknown_variable'],
    ['{{ first_name | upcas }}', 'unknown_filter'],
    ['{{ first_name | truncate }}', 'filter_arguments'],
    ['{{ last_day | date: "longest" }}', 'filter_arguments'],
    ['{{ }}', 'slot_syntax'],
    ['{{ first_name last_name }}', 'slot_syntax'],
    ['{{ first_name == "x" }}', 'slot_syntax'],
    ['{{ attributes }}', 'unknown_variable'],
    ['{{ scores }}', 'unknown_variable'],
    ['{{ segments.lapsed }}', 'slot_syntax'],
    ['{% if segments contains "lapsed" %}x{% endif %}', 'unknown_variable'],
    ['{% if code and segment == "power_usr" %}x{% endif %}', 'unknown_segment'],
    ['{% if "rfm_champion" != rfm %}x{% endif %}', 'unknown_segment'],
    ['{{ first_name', 'slot_not_closed'],
    ['{% if code %}x', 'if_not_closed'],
    ['{% if code == %}x{% endif %}', 'slot_syntax'],
    ['x{% endif %}', 'if_not_open'],
    ['{% else %}', 'if_not_open'],
    ['{% if code %}{% else %}{% else %}{% endif %}', 'if_not_open'],
    ['{% unless code %}x{% endif %}', 'if_not_open'],
    ['{% for a in b %}{% endfor %}', 'unknown_tag'],
    ['{% assign a = 1 %}', 'unknown_tag'],
    ['{% include "x" %}', 'unknown_tag'],
    ['{% render "x" %}', 'unknown_tag'],
    ['{% raw %}{{ x }}{% endraw %}', 'unknown_tag'],
    ['<b {{ code }}>x</b>', 'slot_place'],
    ['<{{ code }}>x</b>', 'slot_place'],
    ['<b title={{ code }}>x</b>', 'slot_place'],
    ['<b style="color:{{ code }}">x</b>', 'slot_place'],
    ['<b onclick="{{ code }}">x</b>', 'slot_place'],
    ['<style>{{ code }}</style>', 'slot_place'],
    ['<script>{{ code }}</script>', 'slot_place'],
    ['<svg><text>{{ code }}</text></svg>', 'slot_place'],
    ['<!--[if mso]>{{ code }}<![endif]-->', 'slot_place'],
    ['<a href="{% if code %}https:{% endif %}{{ code }}">x</a>', 'slot_place'],
    ['<table>{{ code }}<tr><td>x</td></tr></table>', 'slot_place'],
    ['{% if code %}<i>{% endif %}x</i>', 'if_crosses_elements'],
    ['<b title="{% if code %}">x</b>{% endif %}', 'if_crosses_elements'],
    ['{% if code %}<b>{% else %}</b><b>{% endif %}x</b>', 'if_crosses_elements'],
  ])('names %j as %s', async (content, rule) => {
    const { program, problems } = await parseMessage(templateOf(text(content)));
    expect(program).toBeUndefined();
    expect(problems.map((problem) => problem.rule)).toContain(rule);
  });

  it('is told with line, column and the nearest name', async () => {
    await expect(compileMessage(templateOf(text('a\n  {{ frist_name }}')))).rejects.toMatchObject({
      code: 'input_unusable',
      reason: 'test.mjml:3:3: there is no variable "frist_name"',
      hint: expect.stringContaining('Did you mean "first_name"?'),
    });
  });

  it('names a slot that MJML would drop', async () => {
    const { problems } = await parseMessage(templateOf(`{{ code }}${text('x')}`));
    expect(problems.map(({ rule }) => rule)).toContain('slot_lost');
  });

  it('names what MJML does not know', async () => {
    const { problems } = await parseMessage(templateOf('<mj-foo /><mj-text color-of="x">x</mj-text>'));
    expect(problems.map(({ rule }) => rule)).toEqual(['mjml_invalid', 'mjml_invalid']);
    const { problems: none } = await parseMessage(templateOf('', { mjml: 'hello' }));
    expect(none.map(({ rule }) => rule)).toEqual(['mjml_invalid']);
  });
});
