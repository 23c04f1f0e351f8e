import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createPlace } from '../cli.ts';

describe('template commands without a database', () => {
  it('list the shipped templates, the launch first', async () => {
    const { run } = await createPlace();
    const { exitCode, stdout } = await run('templates list --json');
    expect(exitCode).toBe(0);
    const rows = JSON.parse(stdout) as Record<string, unknown>[];
    expect(rows.map(({ name }) => name)).toEqual([
      ...['launch', 'reminder', 'standings', 'reward-earned', 'winners'],
    ]);
    expect(Object.keys(rows[0] ?? {})).toEqual(
      expect.arrayContaining(['name', 'version', 'sha256', 'updated_at']),
    );
  });

  it('check a file, and say where it is wrong', async () => {
    const { run, folder } = await createPlace();
    const body = '<mj-text>{{ frist_name }}</mj-text>';
    await writeFile(
      join(folder, 'a.mjml'),
      `<mjml><mj-body><mj-section><mj-column>\n${body}</mj-column></mj-section></mj-body></mjml>`,
    );
    const { exitCode, stdout } = await run('templates check a.mjml --json');
    expect(exitCode).toBe(6);
    const { ok, findings } = JSON.parse(stdout) as { ok: boolean; findings: object[] };
    expect(ok).toBe(false);
    expect(findings[0]).toMatchObject({
      rule: 'unknown_variable',
      where: 'a.mjml:2:10',
      hint: expect.stringContaining('"first_name"'),
    });
  });

  it('render each part with sample data', async () => {
    const { run } = await createPlace();
    const parts = await Promise.all(
      ['subject', 'text', 'html'].map((part) => run(`templates render launch --sample --part ${part}`)),
    );
    expect(parts.map(({ exitCode }) => exitCode)).toEqual([0, 0, 0]);
    const [subject, text, html] = parts.map(({ stdout }) => stdout);
    expect(subject?.trim().split('\n')).toHaveLength(1);
    expect(text).toContain('K7MX4TPW');
    expect(html).toMatch(/^<!doctype html>/);
  });

  it('write pages for desktop and phone', async () => {
    const { run, folder } = await createPlace();
    const { exitCode, stdout } = await run('templates preview winners --to looks --json');
    expect(exitCode).toBe(0);
    const { files } = JSON.parse(stdout) as { files: string[] };
    expect(files).toEqual(
      ['winners-desktop.html', 'winners-phone.html', 'winners.html', 'winners.txt'].map(
        (file) => `looks/${file}`,
      ),
    );
    expect(await readFile(join(folder, 'looks', 'winners-phone.html'), 'utf8')).toContain('width: 390px');
  });

  it('copy a template into files that check finds nothing wrong with, and never over others', async () => {
    const { run } = await createPlace();
    expect((await run('templates duplicate launch mine.mjml')).exitCode).toBe(0);
    expect((await run('templates check mine.mjml')).exitCode).toBe(0);
    expect(JSON.parse((await run('templates diff launch mine.mjml --json')).stdout)).toMatchObject({
      same: true,
    });
    expect((await run('templates duplicate launch mine.mjml')).exitCode).toBe(2);
  });

  it.each([
    ['templates render launch', 2],
    ['templates render launch --sample --customer C-1', 2],
    ['templates render launch --sample --part body', 2],
    ['templates check lunch', 5],
    ['templates check missing.mjml', 14],
    ['templates save launch', 10],
    ['templates render launch --customer C-1', 10],
  ])('end %s with %d', async (words, code) => {
    const { run } = await createPlace();
    const { exitCode, stdout, stderr } = await run(words);
    expect({ exitCode, stdout }).toEqual({ exitCode: code, stdout: '' });
    expect(stderr).toMatch(/^error: /);
  });
});
