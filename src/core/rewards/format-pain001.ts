import { formatMinorUnits } from '../money.ts';
import type { Instant } from '../time.ts';
import type { BankAccount } from './bank-account.ts';
import { sepaText } from './sepa-text.ts';

/** One credit transfer of a payout. */
export interface Transfer {
  /** Where it stands among the lines of the payout, from 1. */
  readonly number: number;
  readonly customer_id: string;
  readonly account: BankAccount;
  /** Euro cents, above 0 and at most `MOST_CENTS`. */
  readonly amount_minor: number;
}

/** A payout as a bank takes it. */
export interface CreditTransfers {
  /** The name of the payout: the bank refuses a second file of the same name. */
  readonly payout: string;
  readonly created_at: Instant;
  readonly debtor: BankAccount;
  readonly transfers: readonly Transfer[];
}

export const PAIN_NAMESPACE = 'urn:iso:std:iso:20022:tech:xsd:pain.001.001.09';

/** The largest SEPA credit transfer (EPC125-05), although the schema allows more. */
export const MOST_CENTS = 99_999_999_999;

const REMITTANCE_LENGTH = 140;

/**
 * A payout as ISO 20022 pain.001.001.09, SEPA credit transfers in euro: one payment block, all fields in the order of the schema. The same payout
 * and accounts give the same bytes. Names must have gone through `sepaText`.
 */
export function formatPain001({ payout, created_at, debtor, transfers }: CreditTransfers): string {
  const sum = transfers.reduce((total, { amount_minor }) => total + amount_minor, 0);
  const totals = `<NbOfTxs>${transfers.length}</NbOfTxs><CtrlSum>${formatMinorUnits(sum, 'EUR')}</CtrlSum>`;
  const moment = `${created_at.slice(0, 19)}Z`;
  const name = text(debtor.name);
  const lines = [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<Document xmlns="${PAIN_NAMESPACE}">`,
    '<CstmrCdtTrfInitn>',
    `<GrpHdr><MsgId>${text(payout)}</MsgId><CreDtTm>${moment}</CreDtTm>${totals}<InitgPty><Nm>${name}</Nm></InitgPty></GrpHdr>`,
    `<PmtInf><PmtInfId>${text(payout)}</PmtInfId><PmtMtd>TRF</PmtMtd>${totals}<PmtTpInf><SvcLvl><Cd>SEPA</Cd></SvcLvl></PmtTpInf>`,
    `<ReqdExctnDt><Dt>${created_at.slice(0, 10)}</Dt></ReqdExctnDt>`,
    `<Dbtr><Nm>${name}</Nm></Dbtr>${account('DbtrAcct', debtor)}<DbtrAgt>${agent(debtor)}</DbtrAgt><ChrgBr>SLEV</ChrgBr>`,
    ...transfers.map((transfer) => formatTransfer(payout, transfer)),
    '</PmtInf>',
    '</CstmrCdtTrfInitn>',
    '</Document>',
  ];
  return `${lines.join('\n')}\n`;
}

function formatTransfer(payout: string, transfer: Transfer): string {
  const { account: payee, amount_minor, customer_id, number } = transfer;
  const id = `${payout}-${String(number).padStart(6, '0')}`;
  const amount = formatMinorUnits(amount_minor, 'EUR');
  const payeeAgent = payee.bic === undefined ? '' : `<CdtrAgt>${agent(payee)}</CdtrAgt>`;
  return [
    `<CdtTrfTxInf><PmtId><EndToEndId>${text(id)}</EndToEndId></PmtId><Amt><InstdAmt Ccy="EUR">${amount}</InstdAmt></Amt>`,
    `${payeeAgent}<Cdtr><Nm>${text(payee.name)}</Nm></Cdtr>${account('CdtrAcct', payee)}`,
    `<RmtInf><Ustrd>${text(sepaText(`Referral rewards ${payout} ${customer_id}`, REMITTANCE_LENGTH))}</Ustrd></RmtInf></CdtTrfTxInf>`,
  ].join('');
}

function account(element: 'DbtrAcct' | 'CdtrAcct', { iban }: BankAccount): string {
  return `<${element}><Id><IBAN>${iban}</IBAN></Id></${element}>`;
}

// A bank finds itself by the IBAN; without a BIC the schema wants this word.
function agent({ bic }: BankAccount): string {
  const id = bic === undefined ? '<Othr><Id>NOTPROVIDED</Id></Othr>' : `<BICFI>${bic}</BICFI>`;
  return `<FinInstnId>${id}</FinInstnId>`;
}

function text(value: string): string {
  return value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
