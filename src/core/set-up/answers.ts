import { configSchema, defaultConfig } from '../settings/config.ts';

export interface Question {
  /** The key of the configuration that the answer is for. */
  readonly key: string;
  /** The flag that answers it: `--from-email`. */
  readonly flag: string;
  readonly text: string;
  readonly value: string;
}

/** Answers by key of the configuration: `mail.from_email`. */
export type Answers = Readonly<Record<string, string>>;

const QUESTIONS: readonly Omit<Question, 'value'>[] = [
  {
    key: 'database.url',
    flag: '--database',
    text: 'Database (sqlite:FILE or postgres://USER:PASSWORD@HOST/NAME)',
  },
  { key: 'mail.organisation', flag: '--organisation', text: 'Your organisation, as it stands in mails' },
  { key: 'mail.from_email', flag: '--from-email', text: 'Address that mails come from' },
  { key: 'mail.from_name', flag: '--from-name', text: 'Name that mails come from' },
  {
    key: 'mail.postal_address',
    flag: '--postal-address',
    text: 'Postal address (the law wants one in every mail)',
  },
  {
    key: 'unsubscribe.base_url',
    flag: '--unsubscribe-url',
    text: 'Where unsubscribe links lead (https://…)',
  },
  { key: 'links.referral_url', flag: '--referral-url', text: 'Where a shared code leads (https://…{code})' },
  { key: 'timezone', flag: '--timezone', text: 'Time zone of your contests' },
  { key: 'currency', flag: '--currency', text: 'Currency of your rewards' },
];

/**
 * The few things that an installation can't do without, each with the answer that is in force, else with one that is good
 * for trying things out.
 */
export function listQuestions(present: Answers): readonly Question[] {
  const defaults = answersIn(defaultConfig());
  return QUESTIONS.map((question) => ({
    ...question,
    value: present[question.key] ?? defaults[question.key] ?? '',
  }));
}

/** What a configuration document answers already. */
export function answersIn(document: object): Answers {
  const answers: Record<string, string> = {};
  for (const { key } of QUESTIONS) {
    const [section = '', name] = key.split('.');
    const part = (document as Record<string, unknown>)[section];
    const value = name === undefined ? part : (part as Record<string, unknown> | undefined)?.[name];
    if (typeof value === 'string') answers[key] = value;
  }
  return answers;
}

/** Why an answer can't be used, or undefined when it can. */
export function findProblem(key: string, answer: string): string | undefined {
  const parsed = configSchema.safeParse(documentOf({ [key]: answer }));
  return parsed.success ? undefined : (parsed.error.issues[0]?.message ?? 'is wrong');
}

/** The answers as a configuration document; what they do not speak of stays as it is in `base`. */
export function documentOf(answers: Answers, base: object = {}): Readonly<Record<string, unknown>> {
  const document: Record<string, unknown> = structuredClone({ ...base });
  for (const [key, answer] of Object.entries(answers)) {
    const [section = '', name] = key.split('.');
    if (name === undefined) document[section] = answer;
    else document[section] = { ...(document[section] as object | undefined), [name]: answer };
  }
  return document;
}
