/** One execution of a changing command, as services need it. */
export interface Run {
  /** Key of its row in `runs`; null in a dry run, which leaves no record. */
  readonly id: number | null;
  /** Who runs it: the login name, or REFERRAL_OPERATOR. */
  readonly operator: string;
}
