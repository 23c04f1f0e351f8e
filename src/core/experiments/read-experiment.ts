import type { Campaign } from '../campaigns/campaign.ts';
import type { Queries } from '../database/database.ts';
import { type Distributions, loadDistributions } from '../statistics/distributions.ts';
import { rateOf, roundRate } from '../statistics/rate-difference.ts';
import { SAMPLE_RATIO_ALPHA, sampleRatioP } from '../statistics/sample-ratio.ts';
import { addMilliseconds, type Instant } from '../time.ts';
import { type ExperimentDesign, hashDesign } from './design.ts';
import {
  type ArmRow,
  countArms,
  countHoldout,
  findDecision,
  type OutcomeWindow,
} from './experiment-queries.ts';
import { type Comparison, type Judgement, judgeExperiment, type Verdict } from './judge-experiment.ts';
import { type HoldoutFigures, measureHoldout } from './measure-holdout.ts';

export interface VariantFigures {
  readonly name: string;
  /** Everyone who was assigned to it, whatever became of their mail. */
  readonly customers: number;
  /** How many of them did what the metric counts. */
  readonly succeeded: number;
  readonly rate: number;
  /** With a bandit: the rate, had all variants been given to the same kind of people. */
  readonly weighted_rate?: number;
}

export interface ExperimentFigures {
  readonly campaign: string;
  readonly status: Campaign['status'];
  readonly allocation: 'equal' | 'bandit';
  readonly mode: ExperimentDesign['mode'] | null;
  readonly metric: ExperimentDesign['metric'] | null;
  readonly design: ExperimentDesign | null;
  readonly design_sha256: string | null;
  readonly started_at: Instant | null;
  /** Outcomes count until then; null while mails are still to be sent. */
  readonly closes_at: Instant | null;
  readonly variants: readonly VariantFigures[];
  readonly comparisons: readonly Comparison[];
  readonly verdict: Verdict | 'none';
  readonly winner: string | null;
  readonly reason: string;
  readonly sample_ratio_p: number;
  /** Null where nobody was held out. */
  readonly holdout: HoldoutFigures | null;
  /** When somebody decided; what stands then is not judged anew. */
  readonly decided_at: Instant | null;
}

export interface ExperimentReader {
  readonly now: Instant;
  /** `unsubscribe.base_url` of the configuration. */
  readonly unsubscribeBase: string;
}

const DAY_MS = 86_400_000;

/** What the variants and the hold-out group of a campaign have shown by now. */
export async function readExperiment(
  queries: Queries,
  campaign: Campaign,
  reader: ExperimentReader,
): Promise<ExperimentFigures> {
  const distributions = await loadDistributions();
  const { experiment: design, started_at } = campaign;
  const closes_at = findClose(campaign);
  const isOver = closes_at !== null && reader.now >= closes_at;
  const window = outcomeWindow(campaign, closes_at, reader.unsubscribeBase);
  const rows = started_at === null ? [] : await countArms(queries, design?.metric ?? 'clicks', window);
  const arms = armsOf(campaign, rows);
  const sample_ratio_p = await checkRatio(queries, campaign, rows, window, distributions);
  const isShown =
    design !== null && sample_ratio_p >= SAMPLE_RATIO_ALPHA && (design.mode !== 'fixed' || isOver);
  const holdout =
    design === null || campaign.holdout_share === null || started_at === null
      ? null
      : await measureHoldout(queries, design, window, isShown, distributions);
  const decision = await findDecision(queries, campaign.id);
  const judgement = judge(campaign, arms, { isOver, closes_at, sample_ratio_p }, distributions);
  return {
    ...{ campaign: campaign.slug, status: campaign.status, allocation: campaign.allocation ?? 'equal' },
    ...{ mode: design?.mode ?? null, metric: design?.metric ?? null, design },
    ...{ design_sha256: campaign.experiment_sha256, started_at, closes_at, variants: arms },
    comparisons: judgement.comparisons,
    verdict: decision?.verdict ?? judgement.verdict,
    winner: decision === undefined ? judgement.winner : decision.winner,
    reason: decision?.reason ?? judgement.reason,
    ...{ sample_ratio_p, holdout, decided_at: decision?.decided_at ?? null },
  };
}

/** When outcomes stop to count; null while the campaign is still being sent. */
function findClose({ experiment, finished_at }: Campaign): Instant | null {
  if (experiment === null || finished_at === null) return null;
  return addMilliseconds(finished_at, experiment.days * DAY_MS);
}

/** The outcomes of a campaign that count; `until` null is up to now. */
export function outcomeWindow(
  campaign: Pick<Campaign, 'id' | 'contest_id' | 'started_at'>,
  until: Instant | null,
  unsubscribeBase: string,
): OutcomeWindow {
  const { id, contest_id, started_at } = campaign;
  return { campaignId: id, contestId: contest_id, from: started_at ?? NEVER, until, unsubscribeBase };
}

const NEVER: Instant = '9999-12-31T00:00:00.000Z';

function armsOf({ variants, allocation }: Campaign, rows: readonly ArmRow[]): readonly VariantFigures[] {
  return variants.map(({ name }) => {
    const row = rows.find(({ variant }) => variant === name);
    const { customers, succeeded } = row ?? { customers: 0, succeeded: 0 };
    const figures = { name, customers, succeeded, rate: roundRate(rateOf({ customers, succeeded })) };
    if (allocation !== 'bandit') return figures;
    return {
      ...figures,
      weighted_rate: row === undefined || row.weight === 0 ? 0 : roundRate(row.weighted / row.weight),
    };
  });
}

/** Do the groups have the sizes that their assignment gives? A bandit gives them none. */
async function checkRatio(
  queries: Queries,
  { variants, allocation, holdout_share, started_at }: Campaign,
  rows: readonly ArmRow[],
  window: OutcomeWindow,
  distributions: Distributions,
): Promise<number> {
  if (started_at === null || allocation === 'bandit') return 1;
  const find = (name: string): ArmRow | undefined => rows.find(({ variant }) => variant === name);
  const counts = variants.map(({ name }) => find(name)?.customers ?? 0);
  const share = (holdout_share ?? 0) / 10_000;
  const shares = variants.map(() => (1 - share) / variants.length);
  if (holdout_share === null) return sampleRatioP(counts, shares, distributions);
  const { heldOut } = await countHoldout(queries, window);
  return sampleRatioP([...counts, heldOut.customers], [...shares, share], distributions);
}

function judge(
  campaign: Campaign,
  arms: readonly VariantFigures[],
  state: { readonly isOver: boolean; readonly closes_at: Instant | null; readonly sample_ratio_p: number },
  distributions: Distributions,
): Omit<Judgement, 'verdict'> & { readonly verdict: Verdict | 'none' } {
  const { experiment: design, experiment_sha256, started_at, allocation } = campaign;
  const none = { verdict: 'none' as const, winner: null, comparisons: [] };
  if (arms.length < 2) return { ...none, reason: 'there is one variant: nothing to compare' };
  if (design === null) {
    return {
      ...none,
      reason: 'no metric was chosen before the start, and one chosen afterwards proves nothing',
    };
  }
  if (hashDesign(design) !== experiment_sha256) {
    return {
      ...none,
      verdict: 'blocked',
      reason: 'the design is not the one that was kept before the start',
    };
  }
  if (allocation === 'bandit') {
    return {
      ...none,
      reason: 'a bandit optimises while it sends and tests nothing: the better variant was mailed more',
    };
  }
  if (started_at === null) return { ...none, verdict: 'too_early', reason: 'nothing was sent yet' };
  const overWhen =
    state.closes_at === null
      ? `${design.days} days after the last mail`
      : `at ${state.closes_at}, ${design.days} days after the last mail`;
  return judgeExperiment(
    { design, arms, sampleRatioP: state.sample_ratio_p, isOver: state.isOver, overWhen },
    distributions,
  );
}
