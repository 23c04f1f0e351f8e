// The digest of a leaderboard, computed again from exports and from nothing else. Needs Node.js and none of the program's code.
//   referral export referrals --contest SLUG --where "status = approved" --format ndjson -o referrals.ndjson
//   referral export customers --format ndjson -o customers.ndjson
//   referral contests show SLUG --json > contest.json
//   referral contests show SLUG --rules -o effective-rules.json
//   node recompute-leaderboard.mjs referrals.ndjson customers.ndjson contest.json effective-rules.json
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

const [referralFile, customerFile, contestFile, ruleFile] = process.argv.slice(2);
const lines = (file) =>
  readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
const { contest, rules_sha256 } = JSON.parse(readFileSync(contestFile, 'utf8'));
const { scoring, qualify } = JSON.parse(readFileSync(ruleFile, 'utf8'));
const customers = new Map(lines(customerFile).map((customer) => [customer.customer_id, customer]));
const byBytes = (a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b));

// A text like 12.50 with so many digits after the point, as a whole number; what does not fit is rounded up.
const minor = (text, digits) => {
  const [whole, part = ''] = text.split('.');
  const kept = BigInt(whole + part.padEnd(digits, '0').slice(0, digits));
  return /[1-9]/.test(part.slice(digits)) ? kept + 1n : kept;
};
const groupOf = (referral, name) => {
  const friend = customers.get(referral.friend_id);
  const own = ['country', 'locale', 'tier', 'timezone'].includes(name) ? friend?.[name] : undefined;
  const values = [referral.attributes[name], friend?.attributes[name], own];
  return values.find((value) => typeof value === 'string' && value.trim() !== '')?.trim() ?? '(none)';
};
const pointsOf = ({ amount }) => {
  const { per, points } = scoring.points_per_amount;
  if (points === 0) return scoring.points_per_referral;
  const digits = (amount.split('.')[1] ?? '').length;
  const step = minor(per, digits) || 1n;
  return scoring.points_per_referral + Number(minor(amount, digits) / step) * points;
};
const percentOf = (tier) => {
  const same = ([name]) => name.trim().toLowerCase() === tier?.trim().toLowerCase();
  return Object.entries(scoring.tier_percent).find(same)?.[1] ?? 100;
};

const board = [];
for (const [customer_id, own] of Map.groupBy(lines(referralFile), (referral) => referral.referrer_id)) {
  const order = ['booked_at', 'booking_reference', 'source', 'friend_id'];
  own.sort((a, b) => order.map((name) => byBytes(a[name], b[name])).find((difference) => difference !== 0) ?? 0);
  const percent = percentOf(customers.get(customer_id)?.tier);
  const cap = scoring.cap_per_group;
  const attribute = qualify.min_groups?.attribute ?? cap?.attribute;
  const full = new Map();
  let [counted, sum, points, reached_at] = [0, 0, 0, own[0].booked_at];
  for (const referral of own) {
    const group = cap && groupOf(referral, cap.attribute);
    const inGroup = full.get(group) ?? 0;
    if (cap && inGroup >= cap.max) continue;
    full.set(group, inGroup + 1);
    counted += 1;
    sum += pointsOf(referral);
    const after = Math.floor((sum * percent + 50) / 100);
    if (after !== points) reached_at = referral.booked_at;
    points = after;
  }
  const groups = attribute ? new Set(own.map((referral) => groupOf(referral, attribute))).size : 0;
  const qualified = points >= qualify.min_points && groups >= (qualify.min_groups?.count ?? 0);
  board.push({ counted, customer_id, groups, points, qualified, reached_at, referrals: own.length });
}
board.sort(
  (a, b) => b.points - a.points || byBytes(a.reached_at, b.reached_at) || byBytes(a.customer_id, b.customer_id),
);
// Canonical JSON: keys sorted, no blanks.
const entries = board.map(({ counted, customer_id, groups, points, qualified, reached_at, referrals }, index) => ({
  ...{ counted, customer_id, groups, points, position: index + 1, qualified, reached_at, referrals },
}));
const text = JSON.stringify({ contest, entries, rules_sha256 });
console.log(createHash('sha256').update(text).digest('hex'));
