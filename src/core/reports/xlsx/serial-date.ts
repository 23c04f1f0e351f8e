import { findInstant } from '../../time.ts';

const DAY_MS = 86_400_000;
// Day 0 of a workbook, which takes 1900 for a leap year: right from 1 March 1900 on.
const EPOCH = Date.UTC(1899, 11, 30);

/** A time as a workbook counts: days since 1899-12-30, UTC; undefined for what is no time or lies before 1900-03-01. */
export function toSerial(text: string): number | undefined {
  const instant = findInstant(text);
  if (instant === undefined) return undefined;
  const serial = (Date.parse(instant) - EPOCH) / DAY_MS;
  return serial < 61 ? undefined : Math.round(serial * 1e9) / 1e9;
}
