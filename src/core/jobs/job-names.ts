/** Every job by name, in the order in which they run. */
export const JOB_NAMES = [
  'expire-codes',
  'release-holds',
  'compute-rewards',
  'expire-rewards',
  'compute-leaderboards',
  'score-segments',
  'backup',
  'prune-backups',
  'prune-logs',
  'drill',
  'send-campaigns',
] as const;

export type JobName = (typeof JOB_NAMES)[number];
