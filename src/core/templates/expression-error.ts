/** What is wrong with an expression, and which way out there is. */
export class ExpressionError extends Error {
  readonly rule: string;
  readonly hint: string | undefined;

  constructor(rule: string, message: string, hint?: string) {
    super(message);
    this.rule = rule;
    this.hint = hint;
  }
}
