import type { AnyCommand } from './_runtime/command.ts';

export interface RegisteredCommand {
  /** The words that a user types: `customers import`. */
  readonly name: string;
  readonly summary: string;
  readonly load: () => Promise<{ readonly command: AnyCommand }>;
}

/** Every command, by name; the module of a command is loaded only when it runs or when its help is asked for. */
export const registry: readonly RegisteredCommand[] = [
  {
    name: 'codes check',
    summary: 'Look up a code as somebody wrote it',
    load: () => import('./codes/check.ts'),
  },
  {
    name: 'codes expire',
    summary: 'Mark codes whose time is over',
    load: () => import('./codes/expire.ts'),
  },
  {
    name: 'codes export',
    summary: 'Export codes with the links that are shared',
    load: () => import('./codes/export.ts'),
  },
  {
    name: 'codes generate',
    summary: 'Give a code to everyone who has none',
    load: () => import('./codes/generate.ts'),
  },
  {
    name: 'codes list',
    summary: 'List codes and who shares them',
    load: () => import('./codes/list.ts'),
  },
  {
    name: 'codes revoke',
    summary: 'Take a code out of use',
    load: () => import('./codes/revoke.ts'),
  },
  {
    name: 'completion',
    summary: 'Print a script that completes commands in your shell',
    load: () => import('./completion.ts'),
  },
  {
    name: 'completion names',
    summary: 'Print the names that completion offers',
    load: () => import('./completion/names.ts'),
  },
  {
    name: 'help',
    summary: 'Explain a command or a topic',
    load: () => import('./help.ts'),
  },
  {
    name: 'man',
    summary: 'Print or install the manual pages',
    load: () => import('./man.ts'),
  },
  {
    name: 'doctor',
    summary: 'Check the whole installation and say what to mend',
    load: () => import('./doctor.ts'),
  },
  {
    name: 'status',
    summary: 'Show what runs, what waits and what needs a person',
    load: () => import('./status.ts'),
  },
  {
    name: 'init',
    summary: 'Set up a folder: configuration, secret, database',
    load: () => import('./init.ts'),
  },
  {
    name: 'config show',
    summary: 'Show the configuration in force',
    load: () => import('./config/show.ts'),
  },
  {
    name: 'contests amend',
    summary: 'Change the rules of a launched contest, on record',
    load: () => import('./contests/amend.ts'),
  },
  {
    name: 'contests cancel',
    summary: 'Cancel a contest for good',
    load: () => import('./contests/cancel.ts'),
  },
  {
    name: 'contests create',
    summary: 'Create a contest, as a draft',
    load: () => import('./contests/create.ts'),
  },
  {
    name: 'contests end',
    summary: 'End a contest',
    load: () => import('./contests/end.ts'),
  },
  {
    name: 'contests enroll',
    summary: 'Enrol everyone eligible who is not in yet',
    load: () => import('./contests/enroll.ts'),
  },
  {
    name: 'contests finalize',
    summary: 'Freeze the ranking, draw the winners, award the prizes',
    load: () => import('./contests/finalize.ts'),
  },
  {
    name: 'contests launch',
    summary: 'Start a contest: enrol everyone eligible, give each a code',
    load: () => import('./contests/launch.ts'),
  },
  {
    name: 'contests list',
    summary: 'List contests, the latest first',
    load: () => import('./contests/list.ts'),
  },
  {
    name: 'contests pause',
    summary: 'Pause a running contest',
    load: () => import('./contests/pause.ts'),
  },
  {
    name: 'contests results',
    summary: 'Write the signed-off results of a finalized contest',
    load: () => import('./contests/results.ts'),
  },
  {
    name: 'contests resume',
    summary: 'Let a paused contest go on',
    load: () => import('./contests/resume.ts'),
  },
  {
    name: 'contests show',
    summary: 'Show a contest, or its rules',
    load: () => import('./contests/show.ts'),
  },
  {
    name: 'conversions approve',
    summary: 'Approve referrals that are held',
    load: () => import('./conversions/approve.ts'),
  },
  {
    name: 'conversions convert',
    summary: 'Enter a conversion by hand',
    load: () => import('./conversions/convert.ts'),
  },
  {
    name: 'conversions import',
    summary: 'Take in a booking export and decide the referrals',
    load: () => import('./conversions/import.ts'),
  },
  {
    name: 'customers erase',
    summary: 'Forget people for good, and never mail them again',
    load: () => import('./customers/erase.ts'),
  },
  {
    name: 'customers export',
    summary: 'Write customers with every field, as they import again',
    load: () => import('./customers/export.ts'),
  },
  {
    name: 'conversions list',
    summary: 'List referrals and why they are what they are',
    load: () => import('./conversions/list.ts'),
  },
  {
    name: 'conversions reject',
    summary: 'Reject referrals that are held or pending',
    load: () => import('./conversions/reject.ts'),
  },
  {
    name: 'conversions reverse',
    summary: 'Take back referrals that were approved',
    load: () => import('./conversions/reverse.ts'),
  },
  {
    name: 'conversions show',
    summary: 'Show one referral, or the whole chain that explains it',
    load: () => import('./conversions/show.ts'),
  },
  {
    name: 'conversions track',
    summary: 'Record that a customer signed up with a code',
    load: () => import('./conversions/track.ts'),
  },
  {
    name: 'fraud replay',
    summary: 'Show what other rules would have made of the referrals',
    load: () => import('./fraud/replay.ts'),
  },
  {
    name: 'customers import',
    summary: 'Take in a customer export: CSV of any kind',
    load: () => import('./customers/import.ts'),
  },
  {
    name: 'customers list',
    summary: 'List customers',
    load: () => import('./customers/list.ts'),
  },
  {
    name: 'customers show',
    summary: 'Show one customer, or all that is held about them',
    load: () => import('./customers/show.ts'),
  },
  {
    name: 'customers suppress',
    summary: 'Never mail these people again',
    load: () => import('./customers/suppress.ts'),
  },
  {
    name: 'customers unsubscribe',
    summary: 'Take it from people that they want no more mail',
    load: () => import('./customers/unsubscribe.ts'),
  },
  {
    name: 'customers unsuppress',
    summary: 'Let suppressed people be mailed again',
    load: () => import('./customers/unsuppress.ts'),
  },
  {
    name: 'leaderboard',
    summary: 'Show who leads a contest, and the digest that proves it',
    load: () => import('./leaderboard.ts'),
  },
  {
    name: 'quickstart',
    summary: 'Run a whole contest on demo data',
    load: () => import('./quickstart.ts'),
  },
  {
    name: 'migrate down',
    summary: 'Undo migrations, with the rows of their tables',
    load: () => import('./migrate/down.ts'),
  },
  {
    name: 'migrate status',
    summary: 'Show which migrations the database has and lacks',
    load: () => import('./migrate/status.ts'),
  },
  {
    name: 'migrate up',
    summary: 'Create the database, or bring it up to date',
    load: () => import('./migrate/up.ts'),
  },
  {
    name: 'migrate verify',
    summary: 'Check that nobody edited a migration or the schema',
    load: () => import('./migrate/verify.ts'),
  },
  {
    name: 'audit list',
    summary: 'List what was changed, by whom',
    load: () => import('./audit/list.ts'),
  },
  {
    name: 'audit verify',
    summary: 'Check that nobody edited the audit log',
    load: () => import('./audit/verify.ts'),
  },
  {
    name: 'flags list',
    summary: 'List every switch',
    load: () => import('./flags/list.ts'),
  },
  {
    name: 'flags set',
    summary: 'Switch something on or off',
    load: () => import('./flags/set.ts'),
  },
  {
    name: 'profiles delete',
    summary: 'Forget a saved mapping',
    load: () => import('./profiles/delete.ts'),
  },
  {
    name: 'profiles list',
    summary: 'List the saved mappings',
    load: () => import('./profiles/list.ts'),
  },
  {
    name: 'profiles save',
    summary: 'Keep a mapping under a name',
    load: () => import('./profiles/save.ts'),
  },
  {
    name: 'profiles show',
    summary: 'Show a saved mapping',
    load: () => import('./profiles/show.ts'),
  },
  {
    name: 'segments delete',
    summary: 'Forget a saved segment',
    load: () => import('./segments/delete.ts'),
  },
  {
    name: 'segments evaluate',
    summary: 'Measure a model on newer outcomes, and warn when it has drifted',
    load: () => import('./segments/evaluate.ts'),
  },
  {
    name: 'segments export',
    summary: 'Write the customers of a segment',
    load: () => import('./segments/export.ts'),
  },
  {
    name: 'segments history',
    summary: 'Show who was in a segment from when until when',
    load: () => import('./segments/history.ts'),
  },
  {
    name: 'segments list',
    summary: 'List the segments and how many customers are in each',
    load: () => import('./segments/list.ts'),
  },
  {
    name: 'segments models export',
    summary: 'Write a model into a file for another database',
    load: () => import('./segments/models/export.ts'),
  },
  {
    name: 'segments models import',
    summary: 'Take in a model that was exported',
    load: () => import('./segments/models/import.ts'),
  },
  {
    name: 'segments models list',
    summary: 'List the models and their versions',
    load: () => import('./segments/models/list.ts'),
  },
  {
    name: 'segments models promote',
    summary: 'Let a version of a model score from now on',
    load: () => import('./segments/models/promote.ts'),
  },
  {
    name: 'segments models rollback',
    summary: 'Go back to the version of a model that scored before',
    load: () => import('./segments/models/rollback.ts'),
  },
  {
    name: 'segments models show',
    summary: 'Show one version of a model',
    load: () => import('./segments/models/show.ts'),
  },
  {
    name: 'segments rules',
    summary: 'Show the rules by which customers are sorted',
    load: () => import('./segments/rules.ts'),
  },
  {
    name: 'segments save',
    summary: 'Keep a condition on customers as a segment',
    load: () => import('./segments/save.ts'),
  },
  {
    name: 'segments score',
    summary: 'Sort every customer into segments, or score the rows of a file',
    load: () => import('./segments/score.ts'),
  },
  {
    name: 'segments show',
    summary: 'Show one segment',
    load: () => import('./segments/show.ts'),
  },
  {
    name: 'segments train',
    summary: 'Train a model that predicts what customers will do',
    load: () => import('./segments/train.ts'),
  },
  {
    name: 'runs list',
    summary: 'List who ran what, when, and how it ended',
    load: () => import('./runs/list.ts'),
  },
  {
    name: 'runs show',
    summary: 'Show one run',
    load: () => import('./runs/show.ts'),
  },
  {
    name: 'settings export',
    summary: 'Print the settings that were set, for another database',
    load: () => import('./settings/export.ts'),
  },
  {
    name: 'settings get',
    summary: 'Show one setting',
    load: () => import('./settings/get.ts'),
  },
  {
    name: 'settings import',
    summary: 'Set what a file of settings export says',
    load: () => import('./settings/import.ts'),
  },
  {
    name: 'settings list',
    summary: 'List every setting with its value',
    load: () => import('./settings/list.ts'),
  },
  {
    name: 'settings set',
    summary: 'Set a setting',
    load: () => import('./settings/set.ts'),
  },
  {
    name: 'settings unset',
    summary: 'Give a setting its default back',
    load: () => import('./settings/unset.ts'),
  },
  {
    name: 'export',
    summary: 'Write whole tables as CSV, JSON or a workbook',
    load: () => import('./export.ts'),
  },
  {
    name: 'report campaign',
    summary: 'Show all figures of one campaign and its contest',
    load: () => import('./report/campaign.ts'),
  },
  {
    name: 'report cohorts',
    summary: 'Show who comes back, by joining month and by contest',
    load: () => import('./report/cohorts.ts'),
  },
  {
    name: 'report contest',
    summary: 'Show all figures of one contest',
    load: () => import('./report/contest.ts'),
  },
  {
    name: 'report deliverability',
    summary: 'Show what became of the mails, and why some bounced',
    load: () => import('./report/deliverability.ts'),
  },
  {
    name: 'report funnel',
    summary: 'Show how many people got from a mail to a reward',
    load: () => import('./report/funnel.ts'),
  },
  {
    name: 'report revenue',
    summary: 'Show where revenue comes from, what it costs, what it returns',
    load: () => import('./report/revenue.ts'),
  },
  {
    name: 'report segments',
    summary: 'Show how segments answer mails and bring friends',
    load: () => import('./report/segments.ts'),
  },
  {
    name: 'report summary',
    summary: 'Show what came of the mails, bookings, referrals and rewards',
    load: () => import('./report/summary.ts'),
  },
  {
    name: 'report trends',
    summary: 'Show bookings, referrals and revenue by day',
    load: () => import('./report/trends.ts'),
  },
  {
    name: 'campaigns approve',
    summary: 'Approve a campaign that was submitted',
    load: () => import('./campaigns/approve.ts'),
  },
  {
    name: 'campaigns cancel',
    summary: 'Cancel a campaign for good',
    load: () => import('./campaigns/cancel.ts'),
  },
  {
    name: 'campaigns create',
    summary: 'Create a campaign: a template for an audience',
    load: () => import('./campaigns/create.ts'),
  },
  {
    name: 'campaigns list',
    summary: 'List campaigns with their totals',
    load: () => import('./campaigns/list.ts'),
  },
  {
    name: 'campaigns pause',
    summary: 'Pause a campaign that is being sent',
    load: () => import('./campaigns/pause.ts'),
  },
  {
    name: 'campaigns plan',
    summary: 'Say exactly who would be mailed and why the others would not',
    load: () => import('./campaigns/plan.ts'),
  },
  {
    name: 'campaigns reject',
    summary: 'Send a campaign back to draft',
    load: () => import('./campaigns/reject.ts'),
  },
  {
    name: 'campaigns release',
    summary: 'Let campaigns go on after the clock has jumped backwards',
    load: () => import('./campaigns/release.ts'),
  },
  {
    name: 'campaigns resolve',
    summary: 'Settle deliveries in doubt by an operator’s word',
    load: () => import('./campaigns/resolve.ts'),
  },
  {
    name: 'campaigns resume',
    summary: 'Let a paused campaign go on',
    load: () => import('./campaigns/resume.ts'),
  },
  {
    name: 'campaigns retry',
    summary: 'Put refused deliveries back to pending',
    load: () => import('./campaigns/retry.ts'),
  },
  {
    name: 'campaigns send',
    summary: 'Send a campaign, or go on with it',
    load: () => import('./campaigns/send.ts'),
  },
  {
    name: 'campaigns show',
    summary: 'Show a campaign as it was created, and who is in doubt',
    load: () => import('./campaigns/show.ts'),
  },
  {
    name: 'campaigns status',
    summary: 'Show where every recipient of a campaign is',
    load: () => import('./campaigns/status.ts'),
  },
  {
    name: 'campaigns submit',
    summary: 'Submit a campaign for another operator to approve',
    load: () => import('./campaigns/submit.ts'),
  },
  {
    name: 'campaigns test',
    summary: 'Send a campaign to seed addresses, to look at it',
    load: () => import('./campaigns/test.ts'),
  },
  {
    name: 'events import',
    summary: 'Take in what the mail provider reports',
    load: () => import('./events/import.ts'),
  },
  {
    name: 'experiments decide',
    summary: 'Write down which variant has won, or that none has',
    load: () => import('./experiments/decide.ts'),
  },
  {
    name: 'experiments power',
    summary: 'Say how many customers a test needs, and what it can find',
    load: () => import('./experiments/power.ts'),
  },
  {
    name: 'experiments show',
    summary: 'Show what the variants of a campaign have come to',
    load: () => import('./experiments/show.ts'),
  },
  {
    name: 'backup commit',
    summary: 'Remove what a restore has kept of the database before',
    load: () => import('./backup/commit.ts'),
  },
  {
    name: 'backup create',
    summary: 'Write a consistent copy of the whole database into a folder or S3',
    load: () => import('./backup/create.ts'),
  },
  {
    name: 'backup diff',
    summary: 'Count what differs between two backups, table by table',
    load: () => import('./backup/diff.ts'),
  },
  {
    name: 'backup drill',
    summary: 'Restore the newest backup on trial, check it, and put that on record',
    load: () => import('./backup/drill.ts'),
  },
  {
    name: 'backup export',
    summary: 'Write one table of a backup, as it was then',
    load: () => import('./backup/export.ts'),
  },
  {
    name: 'backup list',
    summary: 'List the backups in a folder or S3',
    load: () => import('./backup/list.ts'),
  },
  {
    name: 'backup prune',
    summary: 'Remove old backups by a rule of what to keep',
    load: () => import('./backup/prune.ts'),
  },
  {
    name: 'backup release',
    summary: 'Let a restored database send and pay again',
    load: () => import('./backup/release.ts'),
  },
  {
    name: 'backup restore',
    summary: 'Put a backup in the place of a database, on either engine',
    load: () => import('./backup/restore.ts'),
  },
  {
    name: 'backup show',
    summary: 'Show what a backup holds',
    load: () => import('./backup/show.ts'),
  },
  {
    name: 'backup verify',
    summary: 'Read every byte of a backup and compare it with what was written',
    load: () => import('./backup/verify.ts'),
  },
  {
    name: 'templates check',
    summary: 'Find what is wrong with a template',
    load: () => import('./templates/check.ts'),
  },
  {
    name: 'templates diff',
    summary: 'Show what differs between two templates or versions',
    load: () => import('./templates/diff.ts'),
  },
  {
    name: 'templates duplicate',
    summary: 'Copy a template, to make your own of it',
    load: () => import('./templates/duplicate.ts'),
  },
  {
    name: 'templates list',
    summary: 'List the shipped and the saved templates',
    load: () => import('./templates/list.ts'),
  },
  {
    name: 'templates preview',
    summary: 'Write a template as pages to look at, for desktop and phone',
    load: () => import('./templates/preview.ts'),
  },
  {
    name: 'templates render',
    summary: 'Print a part of a template, filled for somebody',
    load: () => import('./templates/render.ts'),
  },
  {
    name: 'templates save',
    summary: 'Save a template in the database, as a new version',
    load: () => import('./templates/save.ts'),
  },
  {
    name: 'templates show',
    summary: 'Show what a template consists of',
    load: () => import('./templates/show.ts'),
  },
  {
    name: 'templates stats',
    summary: 'Measure a template: sizes, slots, words, links',
    load: () => import('./templates/stats.ts'),
  },
  {
    name: 'rewards balance',
    summary: 'Show what customers have and are owed',
    load: () => import('./rewards/balance.ts'),
  },
  {
    name: 'rewards claim',
    summary: 'Record that customers claimed their rewards',
    load: () => import('./rewards/claim.ts'),
  },
  {
    name: 'rewards compute',
    summary: 'Book what approved referrals have earned',
    load: () => import('./rewards/compute.ts'),
  },
  {
    name: 'rewards expire',
    summary: 'Expire rewards that nobody claimed in time',
    load: () => import('./rewards/expire.ts'),
  },
  {
    name: 'rewards list',
    summary: 'List rewards',
    load: () => import('./rewards/list.ts'),
  },
  {
    name: 'rewards pay',
    summary: 'Pay everything that is due, once, into a payout file',
    load: () => import('./rewards/pay.ts'),
  },
  {
    name: 'rewards reverse',
    summary: 'Take rewards back by hand',
    load: () => import('./rewards/reverse.ts'),
  },
  {
    name: 'rewards verify',
    summary: 'Prove the ledger, or say where it is wrong',
    load: () => import('./rewards/verify.ts'),
  },
  {
    name: 'jobs crontab',
    summary: 'Print lines for cron',
    load: () => import('./jobs/crontab.ts'),
  },
  {
    name: 'jobs list',
    summary: 'List the jobs: what they did last, when they are due next',
    load: () => import('./jobs/list.ts'),
  },
  {
    name: 'jobs run',
    summary: 'Do the jobs that are due, each once',
    load: () => import('./jobs/run.ts'),
  },
  {
    name: 'jobs systemd',
    summary: 'Print a service and a timer for systemd',
    load: () => import('./jobs/systemd.ts'),
  },
  {
    name: 'metrics',
    summary: 'Print figures for Prometheus',
    load: () => import('./metrics.ts'),
  },
  {
    name: 'audit export',
    summary: 'Write the audit log, entry by entry',
    load: () => import('./audit/export.ts'),
  },
  {
    name: 'audit prune',
    summary: 'Cut old entries off the audit log, into a file',
    load: () => import('./audit/prune.ts'),
  },
  {
    name: 'runs prune',
    summary: 'Remove old runs that nothing refers to',
    load: () => import('./runs/prune.ts'),
  },
  {
    name: 'settings history',
    summary: 'Show who changed which setting when',
    load: () => import('./settings/history.ts'),
  },
  {
    name: 'flags export',
    summary: 'Print the flags that were set, for another database',
    load: () => import('./flags/export.ts'),
  },
  {
    name: 'flags history',
    summary: 'Show who switched which flag when',
    load: () => import('./flags/history.ts'),
  },
  {
    name: 'flags import',
    summary: 'Switch what a file of flags export says',
    load: () => import('./flags/import.ts'),
  },
  {
    name: 'campaigns schedule',
    summary: 'Freeze the recipients of a campaign, for the jobs to send',
    load: () => import('./campaigns/schedule.ts'),
  },
];
