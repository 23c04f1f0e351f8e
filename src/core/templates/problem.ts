/** What `templates check` found. An error stops a campaign, a warning does not. */
export interface Problem {
  readonly severity: 'error' | 'warning';
  /** A stable word for scripts: `unknown_variable`, `slot_in_style`. */
  readonly rule: string;
  readonly message: string;
  /** `launch.mjml:12:8`, or which text it is about: `subject`. */
  readonly where: string;
  readonly hint?: string;
}

/** Line and column, from 1, of an offset in a text. */
export function lineAndColumn(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset);
  const lineStart = before.lastIndexOf('\n') + 1;
  return { line: before.split('\n').length, column: offset - lineStart + 1 };
}
