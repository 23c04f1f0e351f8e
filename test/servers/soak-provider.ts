import { type SendgridFault, startSendgridServer } from './sendgrid-server.ts';
import { type SmtpFault, startSmtpSink } from './smtp-sink.ts';

export const SOAK_TRANSPORTS = ['sendgrid', 'smtp'] as const;
export type SoakTransport = (typeof SOAK_TRANSPORTS)[number];

/** A mail provider that fails in many ways and knows exactly whom it has mailed. */
export interface SoakProvider {
  /** What a sender of that name connects to. */
  addressFor(sender: string): string;
  /** Every address it took a mail for, once per mail. */
  taken(): readonly string[];
  /** What it can tell of the mails that it took, for `events import`. */
  events(): readonly object[];
  quiet(): Promise<void>;
  close(): Promise<void>;
}

export interface SoakProviderOptions {
  readonly random: () => number;
  /** Called with the sender's name when the provider has taken mails and has not answered yet. */
  readonly taken: (sender: string) => void;
}

/** Addresses that the provider refuses for good: one in forty-three. */
export function isRefused(email: string): boolean {
  return Number(/\d+/.exec(email)?.[0]) % 43 === 0;
}

export async function startSoakProvider(
  transport: SoakTransport,
  { random, taken }: SoakProviderOptions,
): Promise<SoakProvider> {
  if (transport === 'smtp') {
    const sink = await startSmtpSink(smtpFaults(random), { taken });
    return {
      ...sink,
      addressFor: (sender) => sink.url.replace('smtp://', `smtp://${sender}:secret@`),
      taken: () => sink.accepted.map((mail) => mail.to),
    };
  }
  const fault = sendgridFaults(random);
  const server = await startSendgridServer({
    keepBodies: false,
    taken,
    fault: ({ personalizations }) => fault(personalizations.map(({ to }) => to[0]?.email ?? '')),
  });
  return {
    ...server,
    addressFor: () => server.url,
    taken: () => server.accepted.map((mail) => mail.email),
  };
}

/** 3 % of the replies are lost; some requests are refused for now, fail, are cut off, or are refused for naming bad addresses. */
function sendgridFaults(random: () => number): (emails: readonly string[]) => SendgridFault {
  return (emails) => {
    const dice = random();
    if (dice < 0.03) return withoutRefused(emails, { kind: 'lost_reply' });
    if (dice < 0.04) return { kind: 'reset' };
    if (dice < 0.05) return { kind: 'status', status: 500 };
    if (dice < 0.06) return withoutRefused(emails, { kind: 'status', status: 500, accepts: true });
    if (dice < 0.08) return { kind: 'status', status: 429, headers: { 'retry-after': '0.1' } };
    if (dice < 0.09) return { kind: 'status', status: 503, headers: { 'retry-after': '0.1' } };
    return withoutRefused(emails, { kind: 'slow', milliseconds: random() * 60 });
  };
}

function withoutRefused(emails: readonly string[], otherwise: SendgridFault): SendgridFault {
  const errors = emails.flatMap((email, index) =>
    isRefused(email) ? [{ field: `personalizations.${index}.to`, message: 'bad address' }] : [],
  );
  return errors.length === 0 ? otherwise : { kind: 'status', status: 400, body: { errors } };
}

/** The same over SMTP, mail by mail: lost replies after DATA, 421 and 451, 5yz, connections cut before and after the mail is taken. */
function smtpFaults(random: () => number): (to: string, attempt: number) => SmtpFault | undefined {
  return (to, attempt) => {
    const dice = random();
    if (dice < 0.03) return isRefused(to) ? { at: 'rcpt', code: 550 } : { at: 'cut', accepts: true };
    if (dice < 0.035) return { at: 'cut', accepts: false };
    if (dice < 0.04) return { at: 'reset' };
    if (dice < 0.042) return { at: 'rcpt', code: 421 };
    if (dice < 0.052 && attempt === 1) return { at: dice < 0.047 ? 'rcpt' : 'data', code: 451 };
    if (isRefused(to)) return { at: dice < 0.5 ? 'rcpt' : 'data', code: 550 };
    return dice > 0.9 ? { at: 'slow', milliseconds: random() * 60 } : undefined;
  };
}
