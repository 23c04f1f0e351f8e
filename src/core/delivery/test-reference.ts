const TEST = /^test-\d+$/;

/** The opaque name of a test mail in the outside world; deliveries are named after their database instead. */
export function testReference(number: number): string {
  return `test-${number}`;
}

/** Does a name that has come back belong to a test mail? */
export function isTestReference(reference: string): boolean {
  return TEST.test(reference);
}
