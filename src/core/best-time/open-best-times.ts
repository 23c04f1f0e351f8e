import type { Queries } from '../database/database.ts';
import type { SendHours } from '../limits/send-hours.ts';
import { wallClockOf } from '../local-time.ts';
import { addMilliseconds, type Instant, isTimezone, toInstant } from '../time.ts';
import { listGroupClicks, listPersonClicks, measureAgreement, type PersonClicks } from './click-queries.ts';
import { listSlots, pickSlot, type Slot } from './pick-slot.ts';
import {
  addClicks,
  type ClickCounts,
  emptyCounts,
  estimateStrength,
  evenProfile,
  HOURS,
  type Strengths,
  shrinkProfile,
  type TimeProfile,
  WEEKDAYS,
} from './time-profile.ts';

export interface BestTimeOptions {
  /** The earliest time for anybody. */
  readonly from: Instant;
  /** Nobody is mailed then or later: what the mail is about is over. */
  readonly until: Instant;
  /** For customers whose own time zone is not known. */
  readonly timezone: string;
  readonly hours: SendHours | undefined;
}

/** When to mail people: at the hour and weekday of the coming week at which they are likeliest to answer. */
export interface BestTimes {
  /** A time for each of these customers. */
  find(customerRefs: readonly number[]): Promise<ReadonlyMap<number, Instant>>;
}

// What somebody did longer ago says little about their week.
const HISTORY_MS = 180 * 86_400_000;
// How many clicks everyone's habits count for beside those of a tier in a country.
const GROUP_STRENGTH = 100;

/**
 * Learns from the clicks of half a year when people answer: all of them, those of the same tier and country, and each person,
 * each shrunk towards the one before by how much people differ. Who has never clicked gets the hour of people like them, and
 * where nobody has clicked everyone's time is `from`.
 */
export async function openBestTimes(queries: Queries, options: BestTimeOptions): Promise<BestTimes> {
  const since = addMilliseconds(options.from, -HISTORY_MS);
  const zoneOf = (timezone: string | null): string =>
    timezone !== null && isKnownZone(timezone) ? timezone : options.timezone;
  const isKnownZone = remember(isTimezone);
  const toWall = rememberWallClock();
  const slotsOf = remember((zone: string) =>
    listSlots(Date.parse(options.from), zone, options.hours, Date.parse(options.until)),
  );
  const groups = new Map<string, ClickCounts>();
  const all = emptyCounts();
  for (const { timezone, hour, clicks, ...group } of await listGroupClicks(queries, since)) {
    const key = groupOf(group);
    const counts = groups.get(key) ?? emptyCounts();
    groups.set(key, counts);
    const wall = toWall(hour, zoneOf(timezone));
    addClicks(counts, wall, clicks);
    addClicks(all, wall, clicks);
  }
  const everyone = shrinkProfile(all, evenProfile(), { hours: HOURS, weekdays: WEEKDAYS });
  const strengths = await estimateStrengths(queries, since, everyone);
  const profileOf = remember((key: string) =>
    shrinkProfile(groups.get(key) ?? emptyCounts(), everyone, {
      hours: GROUP_STRENGTH,
      weekdays: GROUP_STRENGTH,
    }),
  );
  const usual = remember((key: string) => {
    const [zone = '', ...group] = JSON.parse(key) as string[];
    return timeOf(slotsOf(zone), profileOf(JSON.stringify(group)), options.from);
  });
  return {
    async find(customerRefs) {
      const rows = await listPersonClicks(queries, customerRefs, since);
      const times = new Map<number, Instant>();
      for (const [ref, own] of Map.groupBy(rows, (row) => row.customer_ref)) {
        const [person] = own;
        if (person === undefined) continue;
        const zone = zoneOf(person.timezone);
        times.set(
          ref,
          person.hour === null
            ? usual(JSON.stringify([zone, ...groupNames(person)]))
            : timeOf(
                slotsOf(zone),
                shrinkProfile(countOwn(own, zone, toWall), profileOf(groupOf(person)), strengths),
                options.from,
              ),
        );
      }
      return times;
    },
  };
}

function timeOf(slots: readonly Slot[], profile: TimeProfile, from: Instant): Instant {
  const slot = pickSlot(slots, profile);
  return slot === undefined ? from : toInstant(slot.at);
}

function countOwn(
  rows: readonly PersonClicks[],
  zone: string,
  toWall: (hour: string, zone: string) => number,
): ClickCounts {
  const counts = emptyCounts();
  for (const { hour, clicks } of rows) if (hour !== null) addClicks(counts, toWall(hour, zone), clicks);
  return counts;
}

async function estimateStrengths(
  queries: Queries,
  since: Instant,
  everyone: TimeProfile,
): Promise<Strengths> {
  const hours = await measureAgreement(queries, since, 'hour');
  const weekdays = await measureAgreement(queries, since, 'weekday');
  return {
    hours: estimateStrength(hours.agreement, hours.people, everyone.hours),
    weekdays: estimateStrength(weekdays.agreement, weekdays.people, everyone.weekdays),
  };
}

type Group = Pick<PersonClicks, 'tier' | 'country'>;

function groupNames({ tier, country }: Group): readonly [string, string] {
  return [tier ?? '', country ?? ''];
}

function groupOf(group: Group): string {
  return JSON.stringify(groupNames(group));
}

function remember<T>(find: (key: string) => T): (key: string) => T {
  const known = new Map<string, T>();
  return (key) => {
    const before = known.get(key);
    if (before !== undefined) return before;
    const value = find(key);
    known.set(key, value);
    return value;
  };
}

// Looking up the offset of a zone is dear, and most clicks share a few thousand hours.
function rememberWallClock(): (hour: string, zone: string) => number {
  const zones = new Map<string, Map<string, number>>();
  return (hour, zone) => {
    const hours = zones.get(zone) ?? new Map<string, number>();
    zones.set(zone, hours);
    const wall = hours.get(hour) ?? wallClockOf(Date.parse(`${hour}:00:00.000Z`), zone);
    hours.set(hour, wall);
    return wall;
  };
}
