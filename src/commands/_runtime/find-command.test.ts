import { describe, expect, it } from 'vitest';
import type { RegisteredCommand } from '../registry.ts';
import { findCommand } from './find-command.ts';

const load: RegisteredCommand['load'] = () => Promise.reject(new Error('not loaded in this test'));
const commands = ['customers import', 'customers list', 'leaderboard', 'migrate up', 'migrate status'].map(
  (name) => ({
    name,
    summary: name,
    load,
  }),
);
const find = (line: string) => findCommand(line.split(' ').filter(Boolean), commands);

describe('findCommand', () => {
  it('finds a command and leaves its options and arguments', () => {
    expect(find('customers import a.csv --map x=email')).toMatchObject({
      kind: 'command',
      command: { name: 'customers import' },
      rest: ['a.csv', '--map', 'x=email'],
    });
  });

  it('skips global options and their values before the name', () => {
    expect(find('--database sqlite:x.db customers --json list')).toMatchObject({
      command: { name: 'customers list' },
      rest: ['--database', 'sqlite:x.db', '--json'],
    });
  });

  it('finds a noun that is itself a command', () => {
    expect(find('leaderboard summer')).toMatchObject({ command: { name: 'leaderboard' }, rest: ['summer'] });
  });

  it('takes "migrate" alone for "migrate up"', () => {
    expect(find('migrate')).toMatchObject({ command: { name: 'migrate up' } });
    expect(find('migrate --dry-run')).toMatchObject({ command: { name: 'migrate up' } });
    expect(() => find('migrate dwon')).toThrowError(/no command "migrate dwon"/);
  });

  it('shows help for no words, a noun alone, or --help', () => {
    expect(find('')).toEqual({ kind: 'help', noun: undefined, asked: false });
    expect(find('customers')).toEqual({ kind: 'help', noun: 'customers', asked: false });
    expect(find('customers --help')).toEqual({ kind: 'help', noun: 'customers', asked: true });
  });

  it.each([
    ['custmers import', 'Did you mean "customers"?'],
    ['customers imprt', 'Did you mean "customers import"?'],
  ])('says what "%s" was meant to be', (line, hint) => {
    expect(() => find(line)).toThrowError(expect.objectContaining({ code: 'usage', hint }));
  });
});
