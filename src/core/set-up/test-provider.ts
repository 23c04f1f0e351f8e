import { type Check, fail, ok } from '../doctor/check.ts';
import { checkProvider, type ProviderProbe } from '../doctor/check-provider.ts';
import type { Config } from '../settings/config.ts';

const TIMEOUT_MS = 8_000;

/** Hands a whole mail to SendGrid in sandbox mode, which checks it and sends nothing; the HTTP status of its answer. */
export type SandboxSend = (baseUrl: string, key: string, from: string) => Promise<number>;

export const sandboxSend: SandboxSend = async (baseUrl, key, from) => {
  const reply = await fetch(new URL('/v3/mail/send', baseUrl), {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      personalizations: [{ to: [{ email: from }] }],
      from: { email: from },
      subject: 'A test that is never sent',
      content: [{ type: 'text/plain', value: 'A test that is never sent.' }],
      mail_settings: { sandbox_mode: { enable: true } },
    }),
    signal: AbortSignal.timeout(TIMEOUT_MS),
    redirect: 'manual',
  });
  await reply.body?.cancel();
  return reply.status;
};

/**
 * Would the provider take our mails? SendGrid is handed a mail in sandbox mode, an SMTP server is signed in to; neither sends
 * anything.
 */
export async function testProvider(
  config: Config,
  {
    smtpUrl,
    sendgridKey,
  }: { readonly smtpUrl?: string | undefined; readonly sendgridKey?: string | undefined },
  probe: ProviderProbe,
  send: SandboxSend,
): Promise<Check> {
  const [check] = await checkProvider(config, { smtpUrl, sendgridKey }, probe);
  if (check === undefined || check.status !== 'ok' || sendgridKey === undefined)
    return check ?? ok('provider', 'Nothing to test');
  const host = new URL(config.sendgrid.base_url).host;
  try {
    const status = await send(config.sendgrid.base_url, sendgridKey, config.mail.from_email);
    // Sandbox mode answers 200 where a real send has 202.
    if (status === 200)
      return ok('provider', `SendGrid at ${host} took a mail in sandbox mode; nothing was sent`);
    return fail(
      'provider',
      `SendGrid at ${host} refuses a mail in sandbox mode (${status})`,
      'Give the key the permission to send mail, and check the sender: referral doctor',
    );
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return fail(
      'provider',
      `SendGrid at ${host} can't be reached: ${message}`,
      'Check the network and SENDGRID_BASE_URL',
    );
  }
}
