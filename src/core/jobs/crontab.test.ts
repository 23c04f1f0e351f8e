import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { formatCrontab, formatSystemd } from './crontab.ts';

test.each(['/srv/referral', "/srv/Ann's contest", '/srv/100% off', '/srv/a b$HOME`x`'])(
  'the line of a crontab enters the folder %s, whatever its name',
  (directory) => {
    const [line = ''] = formatCrontab({ program: 'referral', directory, user: 'ann' })
      .split('\n')
      .filter((text) => text.startsWith('*/5 * * * * cd'));
    // cron takes the backslash from \% and hands the rest to sh.
    const command = line.replace('*/5 * * * * ', '').replaceAll('\\%', '%');
    const entered = /^cd (.*?) && referral jobs run due/.exec(command)?.[1] ?? '';
    expect(execFileSync('sh', ['-c', `printf %s ${entered}`]).toString()).toBe(directory);
    expect(line.replaceAll('\\%', '')).not.toContain('%');
  },
);

test('the units are a service that is run once, and a timer that makes up for what was missed', () => {
  const text = formatSystemd({ program: '/opt/my referral/bin', directory: '/srv/100%', user: 'ann' });
  expect(text).toContain('User=ann');
  expect(text).toContain('WorkingDirectory=/srv/100%%');
  expect(text).toContain('ExecStart="/opt/my referral/bin" jobs run due');
  expect(text).toContain('Persistent=true');
  for (const line of text.split('\n')) expect(line).toMatch(/^(#.*|\[[A-Z]\w+\]|[A-Z]\w+=.*|)$/);
});
