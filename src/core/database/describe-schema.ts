import { sha256 } from '../canonical-json.ts';
import type { Queries } from './database.ts';
import { listSchemaObjects } from './schema-queries.ts';

/** Every object of the schema, `table customers`, with a digest of its definition. */
export type SchemaDescription = Readonly<Record<string, string>>;

/** What differs between two descriptions, in sentences that name the object. */
export function compareSchemas(expected: SchemaDescription, actual: SchemaDescription): string[] {
  const names = [...new Set([...Object.keys(expected), ...Object.keys(actual)])].sort();
  return names.flatMap((name) => {
    if (actual[name] === undefined) return [`${name} is missing`];
    if (expected[name] === undefined) return [`${name} was added`];
    return actual[name] === expected[name] ? [] : [`${name} was changed`];
  });
}

/** Describes the schema as it is now, without the migrator's own table. */
export async function describeSchema(queries: Queries): Promise<SchemaDescription> {
  const objects = await listSchemaObjects(queries);
  return Object.fromEntries(
    objects.map(({ name, definition }) => [
      name,
      sha256(definition.replace(/\s+/g, ' ').trim()).slice(0, 16),
    ]),
  );
}
