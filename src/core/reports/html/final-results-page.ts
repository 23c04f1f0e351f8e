import type { FinalResults, Winner } from '../../contests/final-results.ts';
import type { Entry } from '../../leaderboard/rank-participants.ts';
import { type Html, html } from './html.ts';
import { section } from './section.ts';
import { STYLE } from './style.ts';
import { table } from './tables.ts';

/**
 * The signed-off results of a contest as one self-contained page without a script or a request, in English: the same bytes for the same results. It
 * has `customer_id`s and no names, so that it can outlive an erasure.
 */
export function formatFinalResultsPage(results: FinalResults): string {
  const { name, contest, finalized_at, timezone, prizes, drawing, entries } = results;
  return html`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${name} · Final results</title>
<style>${{ markup: STYLE }}</style>
</head>
<body class="results">
<header>
<p class="eyebrow">Final results</p>
<h1>${name}</h1>
<dl class="meta">${fact('Contest', contest)}${fact('From', results.starts_at)}${fact('To', results.ends_at)}${fact('Time zone', timezone)}${fact('Frozen', finalized_at)}</dl>
</header>
<main>
${winners('Prizes', 'The best who qualify.', prizes, 'Place')}
${winners('Drawing', 'Drawn among all who qualify; how to repeat it stands at the end.', drawing, 'Drawn')}
${ranking(entries)}
${proof(results)}
</main>
<footer><p>${signature(results)}</p></footer>
</body>
</html>
`.markup;
}

function fact(title: string, value: string | number): Html {
  return html`<div><dt>${title}</dt><dd>${value}</dd></div>`;
}

function winners(title: string, lede: string, list: readonly Winner[], place: string): Html | undefined {
  if (list.length === 0) return undefined;
  const rows = list.map(({ number, customer_id, reward }) => [
    String(number),
    customer_id,
    describeReward(reward),
  ]);
  const columns = [{ title: place }, { title: 'Customer' }, { title: 'Reward' }];
  return section(title, lede, html`<div class="panel">${table(title, columns, rows, false)}</div>`);
}

function describeReward(reward: Winner['reward']): string {
  switch (reward.type) {
    case 'money':
      return `${reward.amount} ${reward.currency}`;
    case 'free_days':
      return `${reward.days} free days`;
    case 'points':
      return `${reward.points} points`;
    case 'badge':
      return reward.name;
  }
}

function ranking(entries: readonly Entry[]): Html {
  const columns = [
    { title: 'Position' },
    { title: 'Customer' },
    ...['Points', 'Referrals', 'Counted', 'Groups'].map((title) => ({ title, number: true })),
    { title: 'Qualified' },
    { title: 'Reached' },
  ];
  const rows = entries.map((entry) => [
    ...[entry.position, entry.customer_id, entry.points, entry.referrals, entry.counted, entry.groups].map(
      String,
    ),
    entry.qualified ? 'yes' : 'no',
    entry.reached_at,
  ]);
  const lede = 'Points, then who reached them first, then the customer by bytes.';
  return section('Ranking', lede, html`<div class="panel">${table('Ranking', columns, rows, false)}</div>`);
}

function proof({
  digest,
  rules_sha256,
  seed,
  seed_sha256,
  results_sha256,
  open,
  participants,
  qualified,
}: FinalResults): Html {
  const rows = [
    ['Participants with an approved referral', String(participants)],
    ['Of those, qualified', String(qualified)],
    ['Referrals that were open and did not count', `${open.pending} pending, ${open.held} held`],
    ['SHA-256 of the leaderboard', digest],
    ['SHA-256 of the rules', rules_sha256],
    ['Seed of the drawing', seed ?? '–'],
    ['Its SHA-256, published at the launch', seed_sha256 ?? '–'],
    ['SHA-256 of these results', results_sha256],
  ];
  const lede =
    'A ticket is the SHA-256 of seed:contest:customer; everyone who qualifies has one, and the lowest win.';
  const columns = [{ title: 'What' }, { title: 'Value' }];
  return section('Proof', lede, html`<div class="panel">${table('Proof', columns, rows, false)}</div>`);
}

function signature({ signed_off }: FinalResults): string {
  if (signed_off === null) return 'Who signed these results off is in the archive of the audit log.';
  const { operator, at, audit_sequence, audit_hash } = signed_off;
  return `Signed off by ${operator} at ${at}: entry ${audit_sequence} of the audit log, ${audit_hash}.`;
}
