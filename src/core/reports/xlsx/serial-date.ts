import { findInstant } from '../../time.ts';

const DAY_MS = 86_400_000;
// Day 0 of a workbook, which takes 1900 for a leap year: right from 1 March 1900 on.
const EPOCH = Date.UTC(1899, 11, 30);
const FIRST_DAY = 61;

/** A time as a workbook counts: days since 1899-12-30, UTC; undefined for what is no time or lies before 1900-03-01. */
export function toSerial(text: string): number | undefined {
  const instant = findInstant(text);
  if (instant === undefined) return undefined;
  const milliseconds = Date.parse(instant) - EPOCH;
  const days = Math.floor(milliseconds / DAY_MS);
  if (days < FIRST_DAY) return undefined;
  return Number(`${days}.${String(toNanoDays(milliseconds - days * DAY_MS)).padStart(9, '0')}`);
}

/** Milliseconds of a day in billionths of a day, which is how exactly a workbook counts. */
export function toNanoDays(milliseconds: number): number {
  return Math.round((milliseconds * 625) / 54);
}

/** The day of a date in the proleptic Gregorian calendar as a workbook counts it; undefined before 1900-03-01. */
export function toSerialDay(year: number, month: number, day: number): number | undefined {
  // Years that begin in March end with the leap day (Howard Hinnant, "chrono-compatible low-level date algorithms").
  const from = month > 2 ? year : year - 1;
  const century = Math.floor(from / 100);
  const months = month > 2 ? month - 3 : month + 9;
  const days =
    365 * from +
    Math.floor(from / 4) -
    century +
    Math.floor(century / 4) +
    Math.floor((153 * months + 2) / 5) +
    day;
  const serial = days - 693_900;
  return serial < FIRST_DAY ? undefined : serial;
}
