import { configSchema, defaultConfig } from '../settings/config.ts';

export interface Question {
  /** The key of the configuration that the answer is for. */
  readonly key: string;
  readonly text: string;
  readonly value: string;
}

/** Answers by key of the configuration: `mail.from_email`. */
export type Answers = Readonly<Record<string, string>>;

/** The few things that an installation can't do without, each with the answer that is good for trying things out. */
export function listQuestions(
  database: string | undefined,
  timezone: string | undefined,
): readonly Question[] {
  const { mail, unsubscribe, links, ...config } = defaultConfig();
  return [
    {
      key: 'database.url',
      text: 'Database (sqlite:FILE or postgres://USER:PASSWORD@HOST/NAME)',
      value: database ?? config.database.url,
    },
    { key: 'mail.organisation', text: 'Your organisation, as it stands in mails', value: mail.organisation },
    { key: 'mail.from_email', text: 'Address that mails come from', value: mail.from_email },
    { key: 'mail.from_name', text: 'Name that mails come from', value: mail.from_name },
    {
      key: 'mail.postal_address',
      text: 'Postal address (the law wants one in every mail)',
      value: mail.postal_address,
    },
    {
      key: 'unsubscribe.base_url',
      text: 'Where unsubscribe links lead (https://…)',
      value: unsubscribe.base_url,
    },
    {
      key: 'links.referral_url',
      text: 'Where a shared code leads (https://…{code})',
      value: links.referral_url,
    },
    { key: 'timezone', text: 'Time zone of your contests', value: timezone ?? config.timezone },
    { key: 'currency', text: 'Currency of your rewards', value: config.currency },
  ];
}

/** Why an answer can't be used, or undefined when it can. */
export function findProblem(key: string, answer: string): string | undefined {
  const parsed = configSchema.safeParse(documentOf({ [key]: answer }));
  return parsed.success ? undefined : (parsed.error.issues[0]?.message ?? 'is wrong');
}

/** The answers as a configuration document. */
export function documentOf(answers: Answers): Readonly<Record<string, unknown>> {
  const document: Record<string, unknown> = {};
  for (const [key, answer] of Object.entries(answers)) {
    const [section = '', name] = key.split('.');
    if (name === undefined) document[section] = answer;
    else document[section] = { ...(document[section] as object | undefined), [name]: answer };
  }
  return document;
}
