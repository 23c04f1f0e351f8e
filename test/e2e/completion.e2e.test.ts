import { expect, test } from 'vitest';
import { createPlace, type Place } from '../cli.ts';

async function completeIn(place: Place, ...words: readonly string[]): Promise<readonly string[]> {
  const { stdout, stderr } = await place.shell(
    `bash -c 'source completion.bash; COMP_WORDS=(referral "$@"); COMP_CWORD=$#; _referral; printf "%s\\n" "\${COMPREPLY[@]}"' bash ${words.map((word) => `'${word}'`).join(' ')}`,
  );
  expect(stderr).toBe('');
  return stdout.split('\n').filter((line) => line !== '');
}

test('the bash script completes nouns, verbs, flags and values', async () => {
  const place = await createPlace();
  const printed = await place.shell('referral completion bash > completion.bash');
  expect(printed).toMatchObject({ exitCode: 0, stderr: '' });
  expect(await completeIn(place, 'mig')).toEqual(['migrate']);
  expect(await completeIn(place, 'migrate', 'ver')).toEqual(['verify']);
  expect(await completeIn(place, 'migrate', 'up', '--dry')).toEqual(['--dry-run']);
  expect(await completeIn(place, 'config', 'show', '--for')).toEqual(['--format', '--force']);
  expect(await completeIn(place, 'config', 'show', '--format', 'j')).toEqual(['json']);
  expect(await completeIn(place, 'config', 'show', '--color', '')).toEqual(['auto', 'always', 'never']);
  expect(await completeIn(place, 'config', 'show', 'some-file')).toEqual([]);
});

test.each(['bash', 'zsh', 'fish'])('the %s script names every noun', async (shell) => {
  const place = await createPlace();
  const { exitCode, stdout } = await place.run(`completion ${shell}`);
  expect(exitCode).toBe(0);
  for (const noun of ['config', 'migrate', 'quickstart']) expect(stdout).toContain(noun);
});

test('another shell is refused', async () => {
  const place = await createPlace();
  const { exitCode, stderr } = await place.run('completion tcsh');
  expect(exitCode).toBe(2);
  expect(stderr).toContain('bash, zsh or fish');
});
