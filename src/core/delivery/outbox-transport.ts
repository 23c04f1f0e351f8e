import { existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Clock } from '../clock.ts';
import { compileMime, type MimeWriter } from './compile-mime.ts';
import type { SenderIdentity } from './sender-identity.ts';
import type { DeliverResult, Message, Outcome, Transport } from './transport.ts';

export interface OutboxOptions {
  readonly directory: string;
  readonly sender: SenderIdentity;
  readonly clock: Clock;
  /** Keeps the half-written files of two senders apart. */
  readonly processId: number;
}

/**
 * Writes each mail as a file that a mail program opens. The name follows from the delivery, and a file appears whole or
 * not at all (written beside, then renamed): so a file that is there is evidence that its mail went out.
 */
export function createOutboxTransport({ directory, sender, clock, processId }: OutboxOptions): Transport {
  const root = resolve(directory);
  const writers = new Map<Message, MimeWriter>();
  const writerOf = (message: Message): MimeWriter => {
    let writer = writers.get(message);
    if (writer === undefined) {
      mkdirSync(join(root, message.campaign), { recursive: true });
      writer = compileMime(message, sender);
      writers.set(message, writer);
    }
    return writer;
  };
  return {
    name: 'outbox',
    target: root,
    async deliver(message, mails): Promise<DeliverResult> {
      const outcomes: Outcome[] = [];
      try {
        const write = writerOf(message);
        for (const mail of mails) {
          const file = outboxFile(root, message.campaign, mail.reference);
          if (!existsSync(file))
            writeWhole(file, `${file}.${processId}.tmp`, write(mail, new Date(clock.milliseconds())));
          outcomes.push({ kind: 'accepted', messageId: mail.reference });
        }
        return { outcomes };
      } catch (error) {
        // A full disk or a folder that can't be written: nothing of the rest has left.
        const reason = `${root}: ${error instanceof Error ? error.message : String(error)}`;
        while (outcomes.length < mails.length)
          outcomes.push({ kind: 'unsent', error: reason, countsAsAttempt: false });
        return { outcomes, halt: { kind: 'provider_refused', reason } };
      }
    },
    findArrived: (campaign, references) =>
      Promise.resolve(
        new Set(references.filter((reference) => existsSync(outboxFile(root, campaign, reference)))),
      ),
    close: () => Promise.resolve(),
  };
}

/**
 * Where the outbox keeps the mail of a delivery. The name tells databases apart, so that a mail that another database
 * left in the same folder is never taken for this one's.
 */
export function outboxFile(root: string, campaign: string, reference: string): string {
  const [instance = '', delivery = ''] = reference.split('-');
  return join(root, campaign, `${delivery.padStart(8, '0')}-${instance.slice(0, 8)}.eml`);
}

function writeWhole(file: string, temporary: string, text: string): void {
  writeFileSync(temporary, text, { encoding: 'latin1', mode: 0o600 });
  renameSync(temporary, file);
}
