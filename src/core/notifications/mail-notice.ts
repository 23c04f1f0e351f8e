import { senderIdentity } from '../delivery/sender-identity.ts';
import { usingSmtpClient } from '../delivery/smtp-client.ts';
import type { JobNotice } from '../jobs/job-result.ts';
import type { Config } from '../settings/config.ts';

const TIMEOUT_MS = 15_000;

/** Mails a notice to the operator over the SMTP server that campaigns use. Throws when it was not taken. */
export async function mailNotice(config: Config, notice: JobNotice): Promise<void> {
  if (config.smtp.url === undefined)
    throw new Error('notify.mail_to needs a mail server: set REFERRAL_SMTP_URL');
  const { fromEmail, fromName } = senderIdentity(config);
  await usingSmtpClient(config.smtp.url, TIMEOUT_MS, (client) =>
    client.sendMail({
      from: { name: fromName, address: fromEmail },
      to: [...config.notify.mail_to],
      ...noticeText(notice),
      // RFC 3834: nothing answers a mail that a program has written.
      headers: { 'Auto-Submitted': 'auto-generated' },
    }),
  );
}

/** Subject and text of a notice, for a person who was just woken by it. */
export function noticeText(notice: JobNotice): { readonly subject: string; readonly text: string } {
  const { event, job, database, host, at, failing_since: since, failures, error, hint } = notice;
  const where = `${database} on ${host}`;
  if (event === 'job.recovered') {
    return {
      subject: `[referral] ${job} works again (${database})`,
      text: `The job ${job} of ${where} was done at ${at}. It had failed ${failures} times since ${since}.\n`,
    };
  }
  const next = [`referral jobs list`, `referral runs list --where "status = failed" --limit 5`];
  return {
    subject: `[referral] ${job} fails (${database})`,
    text: [
      `The job ${job} of ${where} failed at ${at}: ${error ?? 'unknown'}.`,
      ...(hint === null ? [] : [hint]),
      'It is tried again, with longer and longer waits in between; you are told once it works again.',
      `To look at it: ${next.join('; ')}`,
      '',
    ].join('\n'),
  };
}
