import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { clockAt } from '../../core/clock.ts';
import { command as sendCampaign } from '../campaigns/send.ts';
import { command as importEvents } from '../events/import.ts';
import type { AnyCommand } from './command.ts';
import { parseWords } from './parse-words.ts';
import { type PickPlace, pickMissing } from './pick-missing.ts';
import type { Host } from './process.ts';

interface Asked {
  readonly message: string;
  readonly choices: readonly string[];
}

/** A terminal, or none, in a folder, on which a person takes the last choice. */
function createPlace(
  terminal: boolean,
  directory = '/',
): { place: PickPlace; asked: Asked[]; ran: string[] } {
  const asked: Asked[] = [];
  const ran: string[] = [];
  const stream = { isTTY: terminal };
  const host = { stdin: stream, stderr: stream, environment: {}, directory } as unknown as Host;
  return {
    asked,
    ran,
    place: {
      host,
      clock: clockAt('2026-01-01T00:00:00.000Z'),
      runCommand: async (words) => {
        ran.push(words.join(' '));
        return { exitCode: 0, stdout: 'winter\nsummer\n', stderr: '' };
      },
      ask: async (message, choices) => {
        asked.push({ message, choices });
        return choices.at(-1) ?? '';
      },
    },
  };
}

function failureOf(command: AnyCommand, words: readonly string[]): unknown {
  try {
    parseWords(command, words);
  } catch (error) {
    return error;
  }
  return undefined;
}

async function pick(
  command: unknown,
  words: readonly string[],
  place: PickPlace,
): Promise<readonly string[] | undefined> {
  return pickMissing(command as AnyCommand, words, failureOf(command as AnyCommand, words), place);
}

describe('a missing argument', () => {
  it('is picked on a terminal from what the database has', async () => {
    const { place, asked, ran } = createPlace(true);
    const words = ['--limit', '5', '--database=sqlite:x.db'];
    expect(await pick(sendCampaign, words, place)).toEqual([...words, 'summer']);
    expect(asked).toEqual([{ message: 'Which campaign?', choices: ['winter', 'summer'] }]);
    expect(ran).toEqual(['completion names campaigns --database=sqlite:x.db']);
  });

  it('is picked among the files of the kind', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'pick-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    for (const name of ['events.json', 'customers.csv']) await writeFile(join(folder, name), '');
    const { place } = createPlace(true, folder);
    expect(await pick(importEvents, [], place)).toEqual(['events.json']);
  });

  it('is an error for whoever can not be asked, and where there is nothing to pick from', async () => {
    expect(await pick(sendCampaign, [], createPlace(false).place)).toBeUndefined();
    for (const word of ['--no-input', '--yes', '--json'])
      expect(await pick(sendCampaign, [word], createPlace(true).place)).toBeUndefined();
    const { place } = createPlace(true);
    const nothing = { exitCode: 0, stdout: '', stderr: '' };
    expect(await pick(sendCampaign, [], { ...place, runCommand: async () => nothing })).toBeUndefined();
  });

  it('is all that is asked for: other mistakes stay errors', async () => {
    expect(await pick(sendCampaign, ['a', '--rate', 'x'], createPlace(true).place)).toBeUndefined();
  });
});
