import type { Config } from '../settings/config.ts';
import { type Check, fail, ok } from './check.ts';

/** What `doctor` needs of the outside world; a test passes its own. */
export interface ProviderProbe {
  /** The HTTP status that the provider answers to a request with this key. Throws when it can't be reached. */
  askSendgrid(baseUrl: string, key: string): Promise<number>;
  /** Connects, greets and signs in, and sends nothing. Throws when that fails. */
  askSmtp(url: string): Promise<void>;
}

export interface ProviderSecrets {
  readonly smtpUrl: string | undefined;
  readonly sendgridKey: string | undefined;
}

/** Do the configured mail providers answer, and do they accept the credentials? */
export async function checkProvider(
  config: Config,
  { smtpUrl, sendgridKey }: ProviderSecrets,
  probe: ProviderProbe,
): Promise<readonly Check[]> {
  const checks: Check[] = [];
  if (sendgridKey !== undefined)
    checks.push(await checkSendgrid(config.sendgrid.base_url, sendgridKey, probe));
  if (smtpUrl !== undefined) checks.push(await checkSmtp(smtpUrl, probe));
  if (checks.length > 0) return checks;
  return [ok('provider', 'No mail provider is set up: mail goes to the outbox folder')];
}

async function checkSendgrid(baseUrl: string, key: string, probe: ProviderProbe): Promise<Check> {
  const host = new URL(baseUrl).host;
  try {
    const status = await probe.askSendgrid(baseUrl, key);
    if (status === 401 || status === 403) {
      return fail(
        'provider',
        `SendGrid at ${host} refuses the key (${status})`,
        'Set SENDGRID_API_KEY to a key that may send mail',
      );
    }
    if (status >= 500)
      return fail('provider', `SendGrid at ${host} answers ${status}`, 'Try again later: referral doctor');
    return ok('provider', `SendGrid at ${host} accepts the key`);
  } catch (error) {
    return fail(
      'provider',
      `SendGrid at ${host} can't be reached: ${messageOf(error)}`,
      'Check the network and SENDGRID_BASE_URL',
    );
  }
}

async function checkSmtp(url: string, probe: ProviderProbe): Promise<Check> {
  const fix = 'Set REFERRAL_SMTP_URL, such as smtp://USER@host:587 with the password behind the user';
  try {
    await probe.askSmtp(url);
    return ok('provider', 'The SMTP server answers and accepts the credentials');
  } catch (error) {
    return fail('provider', `The SMTP server does not accept us: ${messageOf(error)}`, fix);
  }
}

function messageOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return cause instanceof Error ? cause.message : String(cause);
}
