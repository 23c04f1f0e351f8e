import type { MappingGap } from '../../core/customers/preview-columns.ts';

export interface Choice {
  readonly name: string;
  readonly value: string;
}

/** How a person is asked; a test answers by itself. */
export interface Asking {
  select(message: string, choices: readonly Choice[]): Promise<string>;
  input(message: string): Promise<string>;
}

export interface MappingAnswer {
  /** `column=field` texts. */
  readonly map: readonly string[];
  /** The profile under which to keep them; undefined for this time only. */
  readonly profile: string | undefined;
}

const PROFILE_NAME = /^[\w-]{1,64}$/;
const SHOWN = 60;

/** Asks which column each missing field is in, showing a few values of each, and under which name to remember it. */
export async function askMapping({ missing, columns }: MappingGap, asking: Asking): Promise<MappingAnswer> {
  const map: string[] = [];
  const taken = new Set<string>();
  for (const field of missing) {
    const choices = columns
      .filter(({ column }) => !taken.has(column))
      .map(({ column, samples }) => ({ name: describe(column, samples), value: column }));
    const column = await asking.select(`Which column is ${field}?`, choices);
    taken.add(column);
    map.push(`${column}=${field}`);
  }
  let profile = await asking.input('Remember this as a profile? Its name, or nothing for this time only:');
  while (profile !== '' && !PROFILE_NAME.test(profile))
    profile = await asking.input('A name has letters, digits, - and _:');
  return { map, profile: profile === '' ? undefined : profile };
}

function describe(column: string, samples: readonly string[]): string {
  // Values come from a file: nothing in them may steer the terminal.
  const values = samples.join(', ').replace(/[\p{Cc}\p{Cf}]/gu, ' ');
  return `${column.replace(/[\p{Cc}\p{Cf}]/gu, ' ')}  (${values.length > SHOWN ? `${values.slice(0, SHOWN)}…` : values})`;
}
