import { findAsked } from '../templates/asked-segments.ts';
import type { Block, Choices } from '../templates/slot.ts';
import { findMember, type Values } from '../templates/values.ts';
import { type CampaignMessages, variablesOf } from './load-campaign-messages.ts';

/** How many recipients get what of a part of the mail that is chosen by segments or scores. */
export interface PlannedBlock {
  /** The tag that begins it. */
  readonly block: string;
  /** In the order of the template, then `else`; with no `else` in the template that is nothing. Who does not come to a block inside another is not counted. */
  readonly choices: readonly { readonly when: string; readonly recipients: number }[];
}

export interface BlockCounts {
  readonly blocks: readonly PlannedBlock[];
  /** By model, how many recipients it has no score for. */
  readonly unscored: Readonly<Record<string, number>>;
}

export interface BlockCounter {
  /** Call once per recipient; a variant that is not drawn yet counts in all of them. */
  add(variant: string, values: Values): void;
  finish(): BlockCounts;
}

/** Counts what recipients get as they go by. The same tags in subject, HTML and plain text are one block. */
export function createBlockCounter({ byVariant }: Pick<CampaignMessages, 'byVariant'>): BlockCounter {
  const models = findAsked(variablesOf(byVariant.values()))?.models ?? [];
  const unscored = new Map<string, number>();
  const choosing = new Map(
    [...byVariant].map(([variant, { program }]) => [
      variant,
      program.slots.flatMap(({ choices }) => (choices === undefined ? [] : [choices])),
    ]),
  );
  const all = [...choosing.values()].flat();
  const counted = emptyCounts(all);
  return {
    add(variant, values) {
      for (const model of models) {
        if (findMember(values, 'scores', model) === undefined)
          unscored.set(model, (unscored.get(model) ?? 0) + 1);
      }
      if (counted.size > 0) countChosen(counted, choosing.get(variant) ?? all, values);
    },
    finish: () => ({
      blocks: [...counted.values()].map(({ block, counts }) => ({
        block: block.tags[0] ?? '',
        choices: choicesOf(block, counts),
      })),
      unscored: Object.fromEntries(unscored),
    }),
  };
}

/** By its tags, how many recipients get each, and behind these how many get none. */
type Counted = Map<string, { readonly block: Block; readonly counts: number[] }>;

function emptyCounts(all: readonly Choices[]): Counted {
  const counted: Counted = new Map();
  for (const block of all.flatMap(({ blocks }) => blocks)) {
    const counts = new Array<number>(block.tags.length + 1).fill(0);
    if (!counted.has(keyOf(block))) counted.set(keyOf(block), { block, counts });
  }
  return counted;
}

// A block that stands in several parts of the mail counts once.
function countChosen(counted: Counted, choosing: readonly Choices[], values: Values): void {
  const chosen = new Map<string, number>();
  for (const { note } of choosing) note(values, (block, tag) => chosen.set(keyOf(block), tag));
  for (const [key, tag] of chosen) {
    const { counts = [] } = counted.get(key) ?? {};
    const place = tag === -1 ? counts.length - 1 : tag;
    counts[place] = (counts[place] ?? 0) + 1;
  }
}

const ELSE = 'else';

function choicesOf({ tags }: Block, counts: readonly number[]): PlannedBlock['choices'] {
  const choices = tags.map((tag, index) => ({ when: conditionOf(tag), recipients: counts[index] ?? 0 }));
  if (choices.at(-1)?.when === ELSE) return choices;
  return [...choices, { when: ELSE, recipients: counts[tags.length] ?? 0 }];
}

/** `{% elsif rfm == "rfm_at_risk" %}` says `rfm == "rfm_at_risk"`. */
function conditionOf(tag: string): string {
  return tag.replace(/^\{%\s*(?:if|elsif)?\s*/, '').replace(/\s*%\}$/, '');
}

function keyOf({ tags }: Block): string {
  return tags.join('\n');
}
