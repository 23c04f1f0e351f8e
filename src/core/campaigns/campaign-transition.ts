import type { CampaignStatus } from '../database/tables.ts';
import { ReferralError } from '../errors.ts';

/** What can be done to a campaign. `start` freezes its recipients, `finish` follows when nobody is left. */
export type CampaignAction =
  | 'submit'
  | 'approve'
  | 'reject'
  | 'start'
  | 'pause'
  | 'resume'
  | 'finish'
  | 'reopen'
  | 'cancel';

const TRANSITIONS: Readonly<Record<CampaignAction, Partial<Record<CampaignStatus, CampaignStatus>>>> = {
  submit: { draft: 'submitted' },
  approve: { draft: 'approved', submitted: 'approved' },
  reject: { submitted: 'draft', approved: 'draft' },
  start: { draft: 'sending', approved: 'sending', sending: 'sending' },
  pause: { sending: 'paused' },
  resume: { paused: 'sending' },
  finish: { sending: 'sent', sent: 'sent' },
  // An operator has resolved doubts by sending again, or retries refused ones.
  reopen: { sending: 'sending', paused: 'paused', sent: 'sending' },
  cancel: {
    draft: 'cancelled',
    submitted: 'cancelled',
    approved: 'cancelled',
    sending: 'cancelled',
    paused: 'cancelled',
  },
};

const HINTS: Partial<Record<CampaignStatus, (slug: string) => string>> = {
  draft: (slug) => `See who would be mailed: referral campaigns plan ${slug}`,
  submitted: (slug) => `Another operator decides: referral campaigns approve ${slug}, or reject it.`,
  paused: (slug) => `Go on with: referral campaigns resume ${slug}`,
  sending: (slug) => `Stop it with: referral campaigns pause ${slug}`,
  sent: (slug) => `See its figures: referral campaigns status ${slug}`,
  cancelled: () => 'A cancelled campaign stays cancelled; make a new one with: referral campaigns create',
};

/** The status after `action`, or undefined where the state forbids it. */
export function findNextStatus(status: CampaignStatus, action: CampaignAction): CampaignStatus | undefined {
  return TRANSITIONS[action][status];
}

/** As `findNextStatus`, but throws `state_forbids`. */
export function getNextStatus(slug: string, status: CampaignStatus, action: CampaignAction): CampaignStatus {
  const next = findNextStatus(status, action);
  if (next !== undefined) return next;
  const hint = HINTS[status]?.(slug);
  throw new ReferralError('state_forbids', `campaign "${slug}" is ${status}: it can't ${action}`, {
    ...(hint === undefined ? {} : { hint }),
    details: { campaign: slug, status },
  });
}
