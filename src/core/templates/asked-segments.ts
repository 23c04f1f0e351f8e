import { canonicalJson } from '../canonical-json.ts';
import { RFM_SEGMENTS } from '../segments/rfm.ts';
import { RULE_SEGMENTS } from '../selection/segment-rules.ts';
import { splitMember, type Values } from './values.ts';

/** Variables that hold the one segment of a family that a customer is in. */
export const FAMILIES = { segment: RULE_SEGMENTS, rfm: RFM_SEGMENTS } as const;
export type Family = keyof typeof FAMILIES;

/** What a template asks about segments and scores. */
export interface AskedSegments {
  readonly families: readonly Family[];
  /** Asked for by name, as `segments.NAME`. */
  readonly segments: readonly string[];
  /** Whose scores are asked for, as `scores.MODEL`. */
  readonly models: readonly string[];
}

/** What of these variables is about segments and scores; undefined when nothing is. */
export function findAsked(variables: Iterable<string>): AskedSegments | undefined {
  const used = [...new Set(variables)].sort();
  const membersOf = (object: string): string[] =>
    used.flatMap((variable) => {
      const member = splitMember(variable);
      return member?.object === object ? [member.name] : [];
    });
  const families = used.filter(isFamily);
  const asked = { families, segments: membersOf('segments'), models: membersOf('scores') };
  return used.some(isAboutSegments) ? asked : undefined;
}

/** Is this variable a segment, or a score? A campaign keeps their values as they are when it starts. */
export function isAboutSegments(variable: string): boolean {
  const object = splitMember(variable)?.object;
  return isFamily(variable) || object === 'segments' || object === 'scores';
}

function isFamily(variable: string): variable is Family {
  return Object.hasOwn(FAMILIES, variable);
}

/** What a recipient's segments and scores are, of those that are asked for, as canonical JSON. */
export function writeChosenBy(values: Values): string {
  const { segment, rfm, segments, scores } = values;
  const known = Object.entries({ segment, rfm, segments, scores }).filter(([, value]) => value !== undefined);
  return canonicalJson(Object.fromEntries(known));
}

/** The values that `writeChosenBy` was given. */
export function readChosenBy(json: string): Values {
  return JSON.parse(json) as Values;
}

/** The same for people: `rfm = rfm_champions, segments.lapsed, scores.rebook = 0.71`. */
export function tellChosenBy(json: string): string {
  return Object.entries(readChosenBy(json))
    .flatMap(([name, value]) => {
      if (typeof value !== 'object' || value === null) return [`${name} = ${String(value)}`];
      return Object.entries(value).map(([member, one]) =>
        one === true ? `${name}.${member}` : `${name}.${member} = ${String(one)}`,
      );
    })
    .join(', ');
}
