/*
 * Imports the same bookings in many orders: `node shuffle.ts PLACE FROM TO STEP`, PLACE as JSON. Prints each different outcome once with the
 * shuffle and the time zone that brought it, then the language of this process and how many shuffles there were.
 */
import { createUrlsIn, type Place } from '../contest-model/place.ts';
import { runShuffled } from '../contest-model/shuffle-inputs.ts';
import { ZONES } from '../contest-model/shuffle-places.ts';

const [place = '', from = '0', to = '0', step = '1'] = process.argv.slice(2);
const createUrl = createUrlsIn(JSON.parse(place) as Place);
const outcomes: Record<string, string> = {};
let shuffles = 0;
for (let shuffle = Number(from); shuffle < Number(to); shuffle += Number(step)) {
  const zone = ZONES[shuffles % ZONES.length] ?? 'UTC';
  const outcome = await runShuffled(() => createUrl(zone), shuffle, zone);
  outcomes[outcome] ??= `shuffle ${shuffle} in ${zone}`;
  shuffles += 1;
}
const { locale } = Intl.DateTimeFormat().resolvedOptions();
process.stdout.write(`${JSON.stringify({ locale, shuffles, outcomes })}\n`);
