import { expect, it } from 'vitest';
import { describeEngines } from '../../../test/engines.ts';
import { templateOf } from '../../../test/template-fixture.ts';
import { clockAt } from '../clock.ts';
import { getTemplate, listTemplates, saveTemplate } from './find-template.ts';
import { hashTemplate } from './template-document.ts';

const CLOCK = clockAt('2026-09-15T12:00:00.000Z');
const { file: _file, ...FIRST } = templateOf('<mj-text>{{ code }}</mj-text>', {
  name: 'launch',
  sample: { first_name: 'Zoë', badge: null, attributes: { city: 'Ede' } },
});
const SECOND = { ...FIRST, subject: 'Second' };

describeEngines('saved templates', (open) => {
  it('are versioned by content, and come back as they were', async () => {
    const database = await open();
    const save = (template: typeof FIRST) =>
      database.transaction((trx) => saveTemplate(trx, CLOCK, template));
    expect(await save(FIRST)).toMatchObject({ version: 1, created: true, sha256: hashTemplate(FIRST) });
    expect(await save(FIRST)).toMatchObject({ version: 1, created: false });
    expect(await save(SECOND)).toMatchObject({ version: 2, created: true });
    expect(await getTemplate(database.queries, 'launch')).toEqual({
      ...SECOND,
      version: 2,
      sha256: hashTemplate(SECOND),
      file: 'launch.mjml',
      origin: 'database',
      updated_at: CLOCK.now(),
    });
    expect(await getTemplate(database.queries, 'launch@1')).toMatchObject(FIRST);
  });

  it('go back to earlier content as a new version, so that the latest is what was saved last', async () => {
    const database = await open();
    for (const template of [FIRST, SECOND, FIRST]) await saveTemplate(database.queries, CLOCK, template);
    expect(await getTemplate(database.queries, 'launch')).toMatchObject({
      version: 3,
      subject: FIRST.subject,
    });
  });

  it('stand before the shipped ones of the same name, the launch template first', async () => {
    const database = await open();
    await saveTemplate(database.queries, CLOCK, { ...FIRST, name: 'a-first' });
    await saveTemplate(database.queries, CLOCK, FIRST);
    const listed = await listTemplates(database.queries);
    expect(listed.map(({ name, version, origin }) => [name, version, origin])).toEqual([
      ['launch', 1, 'database'],
      ['reminder', undefined, 'shipped'],
      ['standings', undefined, 'shipped'],
      ['reward-earned', undefined, 'shipped'],
      ['winners', undefined, 'shipped'],
      ['a-first', 1, 'database'],
    ]);
  });

  it('are refused by a name or version that nobody has, with the nearest one', async () => {
    const database = await open();
    await saveTemplate(database.queries, CLOCK, { ...FIRST, name: 'spring-launch' });
    for (const name of ['spring-lunch', 'spring-launch@2', 'spring-launch@x', '']) {
      await expect(getTemplate(database.queries, name)).rejects.toMatchObject({ code: 'not_found' });
    }
    await expect(getTemplate(database.queries, 'spring-lunch')).rejects.toMatchObject({
      hint: 'Did you mean "spring-launch"?',
    });
  });

  it('are saved once when two do it at the same time', async () => {
    const database = await open();
    const saved = await Promise.all(
      [FIRST, FIRST, FIRST].map((template) =>
        database.transaction((trx) => saveTemplate(trx, CLOCK, template)),
      ),
    );
    expect(saved.map(({ version }) => version)).toEqual([1, 1, 1]);
    expect(saved.filter(({ created }) => created)).toHaveLength(1);
  });
});
