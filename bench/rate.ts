/*
 * How exact the rate is: senders as processes of their own, their mails counted second by second by one transport that
 * takes everything: `node bench/rate.ts [sqlite|postgres] [rate] [senders] [seconds] [account|campaign|domain]`. Without arguments: 50/s and
 * 5,000/s, with one and with four senders, on both engines, a minute each.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { systemClock } from '../src/core/clock.ts';
import type { Database } from '../src/core/database/database.ts';
import { setSettings } from '../src/core/settings/change-setting.ts';
import { createAudience, createTestCampaign, freeze, RUN } from '../test/campaign-fixture.ts';
import { usingBenchDatabase } from './bench-database.ts';
import { measureRate, type Sent } from './measure-rate.ts';

const CHILD = new URL('../test/children/send-paced.ts', import.meta.url).pathname;

interface Run {
  readonly engine: 'sqlite' | 'postgres';
  readonly rate: number;
  readonly senders: number;
  readonly seconds: number;
  readonly by: string;
}

const [engine, rate = '50', senders = '1', seconds = '60', by = 'campaign'] = process.argv.slice(2);
const runs: readonly Run[] =
  engine === undefined
    ? (['sqlite', 'postgres'] as const).flatMap((each) =>
        [50, 5_000].flatMap((perSecond) =>
          [1, 4].map((count) => ({
            ...{ engine: each, rate: perSecond, senders: count, seconds: 60, by: 'campaign' },
          })),
        ),
      )
    : [
        {
          engine: engine === 'postgres' ? 'postgres' : 'sqlite',
          ...{ rate: Number(rate), senders: Number(senders), seconds: Number(seconds), by },
        },
      ];

for (const run of runs) {
  await usingBenchDatabase(run.engine, (database, url) => measure(database, url, run));
}

async function measure(
  database: Database,
  url: string,
  { engine: on, rate: perSecond, senders: count, seconds: span, by: limit }: Run,
) {
  // Enough for the time of the measurement and what comes before it.
  await createAudience(database, Math.ceil(perSecond * (span + 6)));
  await createTestCampaign(database, 'paced', limit === 'campaign' ? { rate: perSecond } : {});
  const change = { database, clock: systemClock, run: RUN, dryRun: false };
  if (limit === 'account')
    await setSettings(change, { 'sending.account_rates': { sendgrid: `${perSecond}/s` } });
  if (limit === 'domain') await setSettings(change, { 'sending.domain_rates': { other: `${perSecond}/s` } });
  await freeze(database, 'paced');
  const children = Array.from({ length: count }, () =>
    spawn(process.execPath, [CHILD, url, 'paced'], { stdio: ['ignore', 'pipe', 'inherit'] }),
  );
  const sent: Sent[] = [];
  const reading = Promise.all(children.map((child) => readSent(child, sent)));
  const begun = Date.now();
  while (sent.length === 0 && Date.now() - begun < 60_000)
    await new Promise((resolve) => setTimeout(resolve, 20));
  // Senders that start later, and what they catch up with, are not the steady state.
  const from = Date.now() + 3_000;
  await new Promise((resolve) => setTimeout(resolve, from - Date.now() + span * 1_000 + 500));
  for (const child of children) child.kill('SIGTERM');
  await reading;
  const result = measureRate(sent, from, span);
  const off = ((result.perSecond / perSecond - 1) * 100).toFixed(2);
  console.log(
    `${on.padEnd(9)} ${limit.padEnd(9)} ${String(perSecond).padStart(5)}/s  ${count} sender${count === 1 ? ' ' : 's'}  ${result.perSecond.toFixed(2).padStart(8)}/s over ${span} s  ${off} %  seconds from ${result.least} to ${result.most}`,
  );
}

async function readSent(child: ChildProcess, sent: Sent[]): Promise<void> {
  if (child.stdout === null) return;
  const ended = once(child, 'close');
  for await (const line of createInterface({ input: child.stdout })) {
    const [at = 0, mails = 0] = line.split(' ').map(Number);
    if (mails > 0) sent.push({ at, mails });
  }
  await ended;
}
