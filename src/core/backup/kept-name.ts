import type { Clock } from '../clock.ts';

/** The schema into which PostgreSQL tables are loaded before they take their places. */
export const LOADING_SCHEMA = 'referral_restoring';
/** The schema of a drill's scratch database. */
export const DRILL_SCHEMA = 'referral_drill';
export const KEPT_SCHEMA_PREFIX = 'referral_before_';
const KEPT_FILE_MARK = '.before-restore-';

/** `20260301090000`: the time of the restore. */
function stamp(clock: Clock): string {
  return clock.now().replace(/\D/g, '');
}

/** Name of the schema in which replaced tables are kept. */
export function keptSchemaName(clock: Clock): string {
  return `${KEPT_SCHEMA_PREFIX}${stamp(clock)}`;
}

/** Name of the file in which a replaced SQLite database is kept. */
export function keptFileName(file: string, clock: Clock): string {
  return `${file}${KEPT_FILE_MARK}${stamp(clock)}`;
}

/** Was this file, of the same folder, kept by a restore over the database called `name`? */
export function isKeptFile(fileName: string, name: string): boolean {
  return fileName.startsWith(`${name}${KEPT_FILE_MARK}`);
}
