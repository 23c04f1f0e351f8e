/** A command line as a user would type it, quoted for a shell where needed. */
export function showCommand(words: readonly string[]): string {
  return ['referral', ...words.map(quoteForShell)].join(' ');
}

function quoteForShell(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
