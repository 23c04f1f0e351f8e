import { ReferralError } from '../errors.ts';

interface Recognised {
  readonly what: string;
  readonly hint: string;
}

const EXPORT_AS_CSV = 'Open it in a spreadsheet program, save the sheet as "CSV UTF-8", and give that file.';

const SIGNATURES: readonly (Recognised & { readonly bytes: readonly number[] })[] = [
  { bytes: [0x50, 0x4b, 0x03, 0x04], what: 'an XLSX workbook or another ZIP archive', hint: EXPORT_AS_CSV },
  {
    bytes: [0x50, 0x4b, 0x05, 0x06],
    what: 'an empty ZIP archive',
    hint: 'Unpack it, and give the CSV file inside.',
  },
  { bytes: [0xd0, 0xcf, 0x11, 0xe0], what: 'an old Excel workbook (XLS)', hint: EXPORT_AS_CSV },
  {
    bytes: [0x25, 0x50, 0x44, 0x46],
    what: 'a PDF document',
    hint: 'Export the data as CSV where the PDF came from.',
  },
  { bytes: [0x1f, 0x8b], what: 'gzip-compressed', hint: 'Pipe it in: gunzip -c FILE | referral … -' },
  {
    bytes: [0x28, 0xb5, 0x2f, 0xfd],
    what: 'zstd-compressed',
    hint: 'Pipe it in: zstd -dc FILE | referral … -',
  },
  { bytes: [0x42, 0x5a, 0x68], what: 'bzip2-compressed', hint: 'Pipe it in: bzip2 -dc FILE | referral … -' },
  {
    bytes: [0x53, 0x51, 0x4c, 0x69, 0x74, 0x65, 0x20, 0x66],
    what: 'a SQLite database',
    hint: 'Export a table as CSV first.',
  },
  { bytes: [0x50, 0x41, 0x52, 0x31], what: 'a Parquet file', hint: 'Export it as CSV first.' },
  { bytes: [0x89, 0x50, 0x4e, 0x47], what: 'a PNG picture', hint: 'Give the CSV export itself.' },
  { bytes: [0xff, 0xd8, 0xff], what: 'a JPEG picture', hint: 'Give the CSV export itself.' },
  { bytes: [0xff, 0xfe, 0x00, 0x00], what: 'UTF-32 text', hint: 'Save it as UTF-8.' },
  { bytes: [0x00, 0x00, 0xfe, 0xff], what: 'UTF-32 text', hint: 'Save it as UTF-8.' },
];

/** Throws `input_unusable` when the first bytes of a file say that it is something else than text. */
export function assertNotBinary(bytes: Uint8Array): void {
  if (bytes.length === 0) {
    throw notCsv('the file is empty', 'Export the data again, with its header line.');
  }
  if (isUtf32(bytes)) throw notCsv('it is UTF-32, which programs do not exchange', 'Save it as UTF-8.');
  for (const { bytes: signature, what, hint } of SIGNATURES) {
    if (signature.every((byte, index) => bytes[index] === byte)) throw notCsv(`it is ${what}`, hint);
  }
}

/** Throws `input_unusable` when a decoded text is a web page, JSON, XML or not text at all. */
export function assertLooksLikeCsv(text: string): void {
  const start = text.slice(0, 4_096).trimStart();
  if (start === '' && text.length < 4_096) {
    throw notCsv('the file holds nothing but blanks', 'Export the data again, with its header line.');
  }
  if (/^(<!doctype html|<html|<head|<body|<table|<div|<script)/i.test(start)) {
    throw notCsv(
      'it is a web page (HTML)',
      'Perhaps a login page was saved in place of the export: sign in and export again.',
    );
  }
  if (/^<(\?xml|!--|[a-z][\w:-]*[\s>])/i.test(start)) {
    throw notCsv('it is an XML document', 'Export the data as CSV.');
  }
  if (/^(\{\s*["}]|\[\s*[[{"\]\d-])/.test(start)) {
    throw notCsv(
      'it is JSON',
      "Export the data as CSV, or convert it: jq -r '.[] | [.customer_id, .email] | @csv'",
    );
  }
  if (/^\{\\rtf/.test(start)) throw notCsv('it is an RTF document', 'Export the data as CSV.');
  if (text.includes('\0')) {
    throw notCsv(
      'it holds NUL bytes, so it is no text',
      'Export the data as CSV; for UTF-16 without a mark, say --encoding utf-16le.',
    );
  }
}

/** The error for a file that can't be read as CSV at all. */
export function notCsv(reason: string, hint: string): ReferralError {
  return new ReferralError('input_unusable', 'this file is not CSV', { reason, hint });
}

function isUtf32(bytes: Uint8Array): boolean {
  const [first, second, third, fourth] = bytes;
  const little = first === 0xff && second === 0xfe && third === 0 && fourth === 0;
  return little || (first === 0 && second === 0 && third === 0xfe && fourth === 0xff);
}
