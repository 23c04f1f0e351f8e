import type { Readable } from 'node:stream';
import type { CsvOptions } from '../csv/csv-file.ts';
import { mapColumns } from '../csv/map-columns.ts';
import { openCsv } from '../csv/open-csv.ts';
import { isNothing } from '../csv/parse-values.ts';
import { ReferralError } from '../errors.ts';
import { customerImportFields } from './customer-import-fields.ts';

export interface ColumnPreview {
  readonly column: string;
  /** The first values that are not empty. */
  readonly samples: readonly string[];
}

export interface MappingGap {
  /** Required fields that no column feeds. */
  readonly missing: readonly string[];
  readonly columns: readonly ColumnPreview[];
}

const SAMPLES = 3;

/** What an operator has to say about a file before it can be imported, or undefined when all is understood. Throws `input_unusable`. */
export async function findMappingGap(
  input: Readable,
  options: CsvOptions & { readonly map: readonly string[] },
): Promise<MappingGap | undefined> {
  try {
    const { header, sample } = await openCsv(input, options);
    const missing = missingFields(header, options.map);
    if (missing.length === 0) return undefined;
    const columns = header.map((column, index) => {
      const values = sample.map((record) => (record.cells[index] ?? '').trim());
      const telling = new Set(values.filter((value) => !isNothing(value)));
      return { column, samples: [...telling].slice(0, SAMPLES) };
    });
    return { missing, columns };
  } finally {
    input.destroy();
  }
}

function missingFields(header: readonly string[], map: readonly string[]): readonly string[] {
  try {
    mapColumns(header, customerImportFields, map);
    return [];
  } catch (error) {
    const missing = error instanceof ReferralError ? error.details['missing'] : undefined;
    if (Array.isArray(missing)) return missing.map(String);
    throw error;
  }
}
