import { backUp, drillNewest, pruneOldBackups } from './backup-jobs.ts';
import type { JobName } from './job-names.ts';
import type { JobWork } from './job-work.ts';
import { pruneLogs } from './prune-logs.ts';
import {
  computeAllRewards,
  expireAllRewards,
  expireOverdueCodes,
  recordLeaderboards,
  releaseHolds,
  scoreAllSegments,
} from './referral-jobs.ts';
import { sendDueCampaigns } from './send-due-campaigns.ts';

/** What each job does. */
export const WORKS: Readonly<Record<JobName, JobWork>> = {
  'expire-codes': expireOverdueCodes,
  'release-holds': releaseHolds,
  'compute-rewards': computeAllRewards,
  'expire-rewards': expireAllRewards,
  'compute-leaderboards': recordLeaderboards,
  'score-segments': scoreAllSegments,
  backup: backUp,
  'prune-backups': pruneOldBackups,
  'prune-logs': pruneLogs,
  drill: drillNewest,
  'send-campaigns': sendDueCampaigns,
};
