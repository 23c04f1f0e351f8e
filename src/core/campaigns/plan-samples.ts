import { fillSlots, joinSlotText } from '../templates/message-program.ts';
import type { CampaignMessages } from './load-campaign-messages.ts';
import type { Extreme, ExtremeReason } from './plan-extremes.ts';

/** One mail as somebody would get it; its unsubscribe link belongs to nobody. */
export interface PlanSample {
  readonly reason: ExtremeReason;
  readonly customer_id: string;
  readonly variant: string;
  readonly subject: string;
  readonly html: string;
  readonly text: string;
}

/** Renders the mails of these recipients. */
export function renderSamples(
  extremes: readonly Extreme[],
  messages: CampaignMessages,
): readonly PlanSample[] {
  return extremes.flatMap(({ reason, customer_id, recipient: { variant }, values }) => {
    const program = messages.byVariant.get(variant)?.program;
    if (program === undefined) return [];
    const filled = fillSlots(program, values);
    const [subject, html, text] = [program.subject, program.html, program.text].map((part) =>
      joinSlotText(part, filled),
    );
    return [{ reason, customer_id, variant, subject: subject ?? '', html: html ?? '', text: text ?? '' }];
  });
}
