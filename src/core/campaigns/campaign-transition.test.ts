import { describe, expect, it } from 'vitest';
import type { CampaignStatus } from '../database/tables.ts';
import { type CampaignAction, findNextStatus, getNextStatus } from './campaign-transition.ts';

const STATUSES: readonly CampaignStatus[] = [
  'draft',
  'submitted',
  'approved',
  'sending',
  'paused',
  'sent',
  'cancelled',
];

describe('the life of a campaign', () => {
  it.each<[CampaignAction, CampaignStatus, CampaignStatus]>([
    ['submit', 'draft', 'submitted'],
    ['approve', 'submitted', 'approved'],
    ['start', 'approved', 'sending'],
    ['start', 'draft', 'sending'],
    ['pause', 'sending', 'paused'],
    ['resume', 'paused', 'sending'],
    ['finish', 'sending', 'sent'],
    ['reopen', 'sent', 'sending'],
    ['reject', 'approved', 'draft'],
  ])('%s leads from %s to %s', (action, from, to) => {
    expect(findNextStatus(from, action)).toBe(to);
  });

  it('never leaves cancelled', () => {
    const actions: readonly CampaignAction[] = [
      'submit',
      'approve',
      'start',
      'resume',
      'pause',
      'finish',
      'reopen',
      'cancel',
    ];
    for (const action of actions) expect(findNextStatus('cancelled', action)).toBeUndefined();
  });

  it('can be cancelled until everything is sent', () => {
    const cancellable = STATUSES.filter((status) => findNextStatus(status, 'cancel') !== undefined);
    expect(cancellable).toEqual(['draft', 'submitted', 'approved', 'sending', 'paused']);
  });

  it('names the next command where the state forbids a step', () => {
    expect(() => getNextStatus('launch', 'paused', 'start')).toThrow(
      expect.objectContaining({
        code: 'state_forbids',
        hint: 'Go on with: referral campaigns resume launch',
      }),
    );
  });
});
