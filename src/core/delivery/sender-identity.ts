import type { Config } from '../settings/config.ts';

/** Who a mail comes from, as it stands in its headers. */
export interface SenderIdentity {
  readonly fromEmail: string;
  readonly fromName: string;
  readonly replyTo: string | undefined;
}

/** The sender of the configuration. */
export function senderIdentity(config: Config): SenderIdentity {
  return {
    fromEmail: config.mail.from_email,
    fromName: config.mail.from_name,
    replyTo: config.mail.reply_to,
  };
}
