/** Remembers the secrets that were read, and takes them out of whatever is printed or recorded. */
export interface Redactor {
  add(secret: string): void;
  redact(text: string): string;
}

const MASK = '[redacted]';
const URL_PASSWORD = /([a-z][a-z0-9+.-]*:\/\/[^\s:/?#@]*):[^\s/?#@]+@/gi;
const API_KEY = /\bSG\.[\w-]{16,}\.[\w-]{16,}/g;

export function createRedactor(): Redactor {
  const secrets = new Set<string>();
  return {
    add(secret) {
      // A secret of a few letters would blot out ordinary words.
      if (secret.length >= 6) secrets.add(secret);
    },
    redact(text) {
      let clean = text.replace(URL_PASSWORD, `$1:${MASK}@`).replace(API_KEY, MASK);
      for (const secret of secrets) clean = clean.replaceAll(secret, MASK);
      return clean;
    },
  };
}

const ADDRESS = /[^\s"'<>=,;]+@[^\s"'<>=,;]+/g;
const PERSONAL_CONDITION = /\b(email|name|first_name|last_name|phone)\s*(=|!=|<=|>=|<|>|~|\bin\b)\s*.*/i;

/** A text of the command line as the run record may keep it: without e-mail addresses, names and phone numbers. */
export function withoutPersonalData(text: string): string {
  return text.replace(PERSONAL_CONDITION, '$1 $2 [personal]').replace(ADDRESS, '[address]');
}
