import { z } from 'zod';

const definitionSchema = z.object({
  map: z.record(z.string(), z.string()).default({}),
  status_map: z.record(z.string(), z.string()).default({}),
});

/** What a profile keeps: `--map` and `--status-map`, as objects. */
export type ProfileDefinition = z.infer<typeof definitionSchema>;

/** A definition as the database has it. */
export function parseProfileDefinition(document: unknown): ProfileDefinition {
  return definitionSchema.parse(document);
}
