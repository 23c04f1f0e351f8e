import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compileMessage } from './compile-message.ts';
import { fillAllSlots, fillSlots, missingVariables } from './message-program.ts';

const DOCUMENT = {
  name: 'all-places',
  description: '',
  subject: '{% if first_name %}{{ first_name }}{% else %}Dear {{ last_name }}{% endif %}, {{ code }}',
  preheader: '{{ tier | default: "no tier" }}',
  mjml: `<mjml><mj-body><mj-section><mj-column><mj-text>{{ city | default: name }} {% if tier %}{{ country }}{% endif %}
    <a href="{{ referral_link }}">{{ code }}</a> <a href="{{ unsubscribe_link }}">No more</a> {{ postal_address }}
    </mj-text></mj-column></mj-section></mj-body></mjml>`.replace('city', 'attributes.city'),
  sample: {},
};

test('filled slots tell whether something is missing as the variables do, whoever was filled before', async () => {
  const program = await compileMessage(DOCUMENT);
  const value = fc.constantFrom(undefined, null, '', 'Zoë', '<b>', 'https://example.test/1');
  const names = ['first_name', 'last_name', 'name', 'tier', 'country', 'code', 'referral_link'];
  const person = fc.record(
    Object.fromEntries([...names, 'unsubscribe_link', 'postal_address'].map((name) => [name, value])),
  );
  let complete = 0;
  fc.assert(
    fc.property(fc.array(person, { minLength: 1, maxLength: 5 }), (people) => {
      for (const values of people) {
        const isMissing = missingVariables(program, values).length > 0;
        if (!isMissing) complete += 1;
        expect(fillAllSlots(program, values)).toEqual(isMissing ? undefined : fillSlots(program, values));
      }
    }),
    { numRuns: 2_000 },
  );
  expect(complete).toBeGreaterThan(10);
});
