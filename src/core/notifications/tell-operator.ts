import type { Clock } from '../clock.ts';
import type { JobNotice, NoticeChannel, TellOperator } from '../jobs/job-result.ts';
import type { Config } from '../settings/config.ts';
import { mailNotice } from './mail-notice.ts';
import { postNotice } from './post-notice.ts';

/** The secret that webhooks are signed with. */
export const WEBHOOK_SECRET = 'REFERRAL_WEBHOOK_SECRET';

export interface TellOptions {
  readonly config: Config;
  readonly clock: Clock;
  /** A secret, or `credential_missing`. */
  readonly getSecret: (name: string) => Promise<string>;
}

/** Tells the operator over what the configuration names: by mail to `notify.mail_to`, by POST to `notify.webhook_url`. */
export function createTellOperator({ config, clock, getSecret }: TellOptions): TellOperator {
  const { mail_to: addresses, webhook_url: url } = config.notify;
  const ways: Partial<Record<NoticeChannel, (notice: JobNotice) => Promise<void>>> = {
    ...(addresses.length > 0 ? { mail: (notice) => mailNotice(config, notice) } : {}),
    ...(url === undefined
      ? {}
      : {
          webhook: async (notice) => postNotice(url, await getSecret(WEBHOOK_SECRET), notice, clock),
        }),
  };
  return async (notice, channels) => {
    const told: NoticeChannel[] = [];
    const problems: string[] = [];
    for (const channel of channels) {
      try {
        if (ways[channel] === undefined) continue;
        await ways[channel](notice);
        told.push(channel);
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        problems.push(`The operator could not be told by ${channel} about ${notice.job}: ${reason}`);
      }
    }
    return { told, problems };
  };
}
