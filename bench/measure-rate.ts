/** A batch that left. */
export interface Sent {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly mails: number;
}

export interface MeasuredRate {
  readonly perSecond: number;
  /** The mails of the emptiest and of the fullest second. */
  readonly least: number;
  readonly most: number;
}

/** The rate over `seconds` from a time on. */
export function measureRate(sent: readonly Sent[], from: number, seconds: number): MeasuredRate {
  const bySecond = new Array<number>(seconds).fill(0);
  for (const { at, mails } of sent) {
    const index = Math.floor((at - from) / 1_000);
    if (index >= 0 && index < seconds) bySecond[index] = (bySecond[index] ?? 0) + mails;
  }
  const total = bySecond.reduce((sum, mails) => sum + mails, 0);
  return { perSecond: total / seconds, least: Math.min(...bySecond), most: Math.max(...bySecond) };
}
