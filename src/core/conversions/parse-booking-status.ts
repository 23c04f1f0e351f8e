import type { BookingStatus } from '../database/tables.ts';
import { didYouMean } from '../did-you-mean.ts';
import { ReferralError } from '../errors.ts';

const STATUSES: readonly BookingStatus[] = ['confirmed', 'completed', 'cancelled', 'no_show', 'refunded'];

// Words that booking systems use for the five statuses, as `key` folds them.
const SPELLINGS: Readonly<Record<BookingStatus, readonly string[]>> = {
  confirmed: [
    'booked',
    'confirm',
    'ok',
    'reserved',
    'bevestigd',
    'geboekt',
    'bestatigt',
    'gebucht',
    'confirmee',
    'confirme',
    'confirmada',
    'confirmado',
  ],
  completed: [
    'complete',
    'checkout',
    'checkedout',
    'stayed',
    'departed',
    'fulfilled',
    'voltooid',
    'afgerond',
    'abgeschlossen',
    'termine',
    'terminee',
    'completada',
    'completado',
  ],
  cancelled: [
    'canceled',
    'cancel',
    'geannuleerd',
    'storniert',
    'annule',
    'annulee',
    'cancelada',
    'cancelado',
  ],
  no_show: ['noshow', 'nietgekomen', 'nichterschienen', 'nonpresente', 'nopresentado'],
  refunded: ['refund', 'terugbetaald', 'erstattet', 'rembourse', 'remboursee', 'reembolsada', 'reembolsado'],
};

export type StatusMap = ReadonlyMap<string, BookingStatus>;

/** The statuses that a file may use: ours, common spellings, and `value=status` texts that come first. Throws `usage`. */
export function createStatusMap(overrides: readonly string[] = []): StatusMap {
  const map = new Map<string, BookingStatus>();
  for (const status of STATUSES) {
    for (const word of [status, ...SPELLINGS[status]]) map.set(key(word), status);
  }
  for (const text of overrides) {
    const at = text.lastIndexOf('=');
    const status = STATUSES.find((known) => known === text.slice(at + 1).trim());
    if (at < 1 || status === undefined) {
      throw new ReferralError('usage', `--status-map "${text}" does not name a status`, {
        reason: didYouMean(text.slice(at + 1).trim(), STATUSES, `A status is one of ${STATUSES.join(', ')}.`),
        hint: 'Write value=status: --status-map "Check-Out=completed".',
      });
    }
    map.set(key(text.slice(0, at)), status);
  }
  return map;
}

/** The status that a cell means, or undefined. */
export function findBookingStatus(text: string, statuses: StatusMap): BookingStatus | undefined {
  return statuses.get(text) ?? statuses.get(key(text));
}

// "Check-Out", "check out" and "CHECKOUT" are one word; accents are dropped.
function key(text: string): string {
  return text
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^\p{Letter}\p{Number}]+/gu, '');
}
