import { migration as operations } from '../../../migrations/0001-operations.ts';
import { migration as customers } from '../../../migrations/0002-customers.ts';
import { migration as contests } from '../../../migrations/0003-contests.ts';
import { migration as campaigns } from '../../../migrations/0004-campaigns.ts';
import { migration as conversions } from '../../../migrations/0005-conversions.ts';
import { migration as rewards } from '../../../migrations/0006-rewards.ts';
import { migration as limits } from '../../../migrations/0007-limits.ts';
import { migration as reviews } from '../../../migrations/0008-reviews.ts';
import { migration as convertedAmounts } from '../../../migrations/0009-converted-amounts.ts';
import { migration as backups } from '../../../migrations/0011-backups.ts';
import { migration as jobs } from '../../../migrations/0012-jobs.ts';
import { migration as models } from '../../../migrations/0013-models.ts';
import { migration as experiments } from '../../../migrations/0014-experiments.ts';
import { migration as reports } from '../../../migrations/0015-reports.ts';
import { migration as rowHashes } from '../../../migrations/0017-row-hashes.ts';
import type { Migration } from './migration.ts';

/** Every migration, oldest first: the one list of them. */
export const MIGRATIONS: readonly Migration[] = [
  operations,
  customers,
  contests,
  campaigns,
  conversions,
  rewards,
  limits,
  reviews,
  convertedAmounts,
  backups,
  jobs,
  models,
  experiments,
  reports,
  rowHashes,
];
