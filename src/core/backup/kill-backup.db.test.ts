import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { killBackups } from '../../../test/backup-soak/kills.ts';
import { describeEngineUrls } from '../../../test/engines.ts';

const SEED = 1 + Math.floor(Math.random() * 1_000_000);
const folders: string[] = [];

afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
});

describeEngineUrls('backups that are killed', (createUrl, engine) => {
  test('leave the old or the new database, whole backups, and nothing in the way of the next one', {
    timeout: 120_000,
  }, async () => {
    const folder = await mkdtemp(join(tmpdir(), 'referral-kill-'));
    folders.push(folder);
    const killed = await killBackups({
      ...{ url: await createUrl(), folder, customers: 1_000, seed: SEED },
      // What prunes do is the same whatever the engine.
      ...(engine === 'sqlite'
        ? { restores: 8, creations: 4, prunes: 3 }
        : { restores: 5, creations: 3, prunes: 0 }),
    });
    process.stdout.write(`  ${engine}: ${JSON.stringify(killed)}\n`);
    expect(killed.wrong).toEqual([]);
    expect(killed.kills).toBeGreaterThan(4);
  });
});
