import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { confirm } from './confirm.ts';
import type { Io } from './io.ts';

const nobody: Io = {
  stdin: new PassThrough(),
  stdout: new PassThrough(),
  stderr: new PassThrough(),
  stdinIsTerminal: false,
  stdoutIsTerminal: false,
  stderrIsTerminal: false,
  width: 80,
  height: 24,
  colors: false,
  environment: {},
  directory: '.',
};
const flags = { dryRun: false, yes: false, noInput: false, confirm: undefined };
const mailing = { question: 'Send?', name: 'summer', people: 10 };
const refused = expect.objectContaining({ code: 'confirmation_needed' });

describe('confirm', () => {
  it('refuses without a terminal and without a flag, even when "y" waits in the pipe', async () => {
    const stdin = new PassThrough();
    stdin.end('y\ny\n');
    await expect(confirm(mailing, flags, { ...nobody, stdin }, 1_000)).rejects.toEqual(refused);
  });

  it('accepts --yes for few people', async () => {
    await expect(confirm(mailing, { ...flags, yes: true }, nobody, 1_000)).resolves.toBeUndefined();
  });

  it('refuses --yes above confirm_above and for what cannot be undone', async () => {
    await expect(
      confirm({ ...mailing, people: 1_001 }, { ...flags, yes: true }, nobody, 1_000),
    ).rejects.toEqual(refused);
    await expect(
      confirm({ ...mailing, irreversible: true }, { ...flags, yes: true }, nobody, 1_000),
    ).rejects.toEqual(refused);
  });

  it('accepts the right name and refuses another, even with --yes', async () => {
    const many = { ...mailing, people: 1_000_000, irreversible: true };
    await expect(confirm(many, { ...flags, confirm: 'summer' }, nobody, 1_000)).resolves.toBeUndefined();
    await expect(confirm(mailing, { ...flags, yes: true, confirm: 'winter' }, nobody, 1_000)).rejects.toEqual(
      refused,
    );
  });

  it('asks nothing in a dry run', async () => {
    await expect(
      confirm({ ...mailing, irreversible: true }, { ...flags, dryRun: true }, nobody, 1),
    ).resolves.toBeUndefined();
  });
});
