/** At most `mails` to a person in `days` days, over all campaigns. */
export interface FrequencyCap {
  readonly mails: number;
  readonly days: number;
}

const CAP = /^(\d{1,4})\s*\/\s*(\d{1,4})\s*d$/;

/** `2/7d` → at most 2 in 7 days; undefined when the text is none. */
export function findFrequencyCap(text: string): FrequencyCap | undefined {
  const [, mails, days] = CAP.exec(text.trim()) ?? [];
  const cap = { mails: Number(mails), days: Number(days) };
  return cap.mails > 0 && cap.days > 0 ? cap : undefined;
}
