export interface Installation {
  /** How the program is started: `referral`, or an absolute path. */
  readonly program: string;
  /** The folder with the configuration and `.env`. */
  readonly directory: string;
  /** The user that the units run as. */
  readonly user: string;
}

/** Lines for `crontab -e`. One line does it all: the program knows what is due. */
export function formatCrontab({ program, directory }: Installation): string {
  const enter = `cd ${quote(directory)} &&`;
  const log = `>> referral-jobs.log`;
  return `${[
    '# Jobs of referral. Every five minutes it looks for what is due, so a machine that was off makes up for what it missed.',
    '# What is printed besides goes to MAILTO: failures to start, such as a database that can not be reached.',
    '#MAILTO=you@example.com',
    `*/5 * * * * ${enter} ${quote(program)} jobs run due --skip-if-locked --quiet --json ${log}`,
    '# Figures for the textfile collector of Prometheus.',
    `*/5 * * * * ${enter} ${quote(program)} metrics --output referral.prom --force --quiet`,
    '#',
    '# Instead of the first line, at times of your own (a percent sign would have to be written \\%):',
    `#*/5 * * * * ${enter} ${quote(program)} jobs run send-campaigns --skip-if-locked --quiet --json ${log}`,
    `#15 2 * * *  ${enter} ${quote(program)} jobs run daily --lock-wait 30m --quiet --json ${log}`,
    `#15 4 * * 0  ${enter} ${quote(program)} jobs run weekly --lock-wait 30m --quiet --json ${log}`,
  ].join('\n')}\n`;
}

/** A service and a timer for systemd, each under a comment with the name of its file. */
export function formatSystemd({ program, directory, user }: Installation): string {
  return `${[
    '# /etc/systemd/system/referral-jobs.service',
    '[Unit]',
    'Description=Jobs of referral that are due',
    'Wants=network-online.target',
    'After=network-online.target',
    '',
    '[Service]',
    'Type=oneshot',
    `User=${user}`,
    `WorkingDirectory=${directory.replaceAll('%', '%%')}`,
    `ExecStart=${quoteUnit(program)} jobs run due --skip-if-locked --quiet --json`,
    '# 3: a job failed; it is on record, the operator was told, and it is tried again.',
    'SuccessExitStatus=3',
    '# The first signal lets a send finish the mails in hand.',
    'KillSignal=SIGTERM',
    'TimeoutStopSec=5min',
    'TimeoutStartSec=26h',
    'UMask=0077',
    'NoNewPrivileges=yes',
    'PrivateTmp=yes',
    'ProtectSystem=strict',
    `ReadWritePaths=${quoteUnit(directory)}`,
    '',
    '# /etc/systemd/system/referral-jobs.timer',
    '[Unit]',
    'Description=Looks every five minutes for jobs of referral',
    '',
    '[Timer]',
    'OnCalendar=*:0/5',
    'Persistent=true',
    'RandomizedDelaySec=20',
    '',
    '[Install]',
    'WantedBy=timers.target',
    '',
    '# systemctl daemon-reload && systemctl enable --now referral-jobs.timer',
  ].join('\n')}\n`;
}

// cron hands the line to sh, and turns a bare % into a line break first.
function quote(text: string): string {
  const word = /^[\w@+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
  return word.replaceAll('%', '\\%');
}

function quoteUnit(text: string): string {
  const escaped = text.replaceAll('%', '%%');
  return /^[\w@+=:,./%-]+$/.test(escaped)
    ? escaped
    : `"${escaped.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}
