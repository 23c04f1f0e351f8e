import { mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runHere, usingFolder } from '../run-here.ts';
import { parseShellLine } from '../shell-line.ts';

/** What scripts depend on, in the order in which an operator would come to it: a command, its exit code, the keys of what it prints. */
type Step = readonly [line: string, exitCode: number, keys?: string, input?: string];

const PEOPLE = Array.from(
  { length: 12 },
  (_, index) =>
    `C-${index},p${index}@people.test,Ann,Lee,${index % 2 === 0 ? 'gold' : 'silver'},granted,2026-01-01,web,${index},${index}.50,Ede`,
);
const BOOKINGS = [1, 2, 3].map(
  (day) =>
    `B-${day},f${day}@else.test,CODE_OF_C-0,20${day}.00,EUR,completed,2026-07-0${day},2026-07-1${day},R`,
);
const OUTCOMES = Array.from({ length: 400 }, (_, index) => {
  const value = (index * 37) % 101;
  return `${index},${value},${value + (index % 7) * 8 > 75 ? 1 : 0}`;
});
const RULES = {
  eligibility: { statuses: ['completed'], min_amount: '100.00' },
  approval: { mode: 'automatic', hold_days: 0 },
  rewards: {
    referrer: { type: 'money', amount: '25.00', currency: 'EUR' },
    friend: { type: 'percentage', percent: '10', max: '50.00' },
    prizes: [{ position: 1, type: 'money', amount: '1000.00', currency: 'EUR' }],
  },
};
const FILES: Readonly<Record<string, string>> = {
  'people.csv': [
    'customer_id,email,first_name,last_name,tier,consent,consent_at,consent_source,total_bookings,total_spend,city',
    ...PEOPLE,
  ].join('\n'),
  'bad.csv': 'customer_id,email\nX-1,nope\nX-2,x2@people.test\n',
  'wrong.csv': 'customer_id,email\nX-1,nope\n',
  'other.csv': 'a,b\n1,2\n',
  'rules.json': JSON.stringify(RULES),
  'typo.json': '{"elegibility":{}}',
  'bookings.csv': [
    'booking_reference,email,code,amount,currency,status,booked_at,completed_at,region',
    ...BOOKINGS,
  ].join('\n'),
  'past.csv': ['id,value,did', ...OUTCOMES].join('\n'),
};

const IMPORTED =
  'file rows created updated unchanged rejected rejects_file dry_run encoding delimiter mapping duration_ms';
const SENT = 'campaign status planned pending accepted refused in_doubt skipped rate duration_ms';
const PLANNED =
  'campaign audience recipients excluded variants template digest estimated_seconds checks blocks';
const CONVERTED = 'rows created updated unchanged rejected referrals unattributed';
const TESTED = 'variants winner reason sample_ratio_p';
// A list is told by [] before the keys of its rows.
const REFERRALS =
  '[] id contest code referrer_id friend_id booking_reference status reason points amount currency booked_at decided_at';
const REWARDS =
  '[] id contest customer_id side rule type amount currency days badge status created_at due_at claimed_at paid_at';
const DELIVERIES =
  '[] campaign customer_id email variant status provider_message_id error claimed_at sent_at settled_at';

const STEPS: readonly Step[] = [
  ['customers list', 10],
  ['migrate --dry-run', 0, 'applied pending version'],
  ['migrate', 0, 'applied pending version'],
  ['migrate status', 0, 'applied pending version'],
  ['customers import people.csv --dry-run', 0, IMPORTED],
  ['customers import people.csv', 0, IMPORTED],
  ['customers import bad.csv --rejects rejects.csv', 3, IMPORTED],
  ['customers import wrong.csv', 3, IMPORTED],
  ['customers import other.csv', 14],
  ['customers import nowhere.csv', 14],
  ['customers import -', 0, IMPORTED, 'customer_id,email\nS-1,s1@people.test\n'],
  ['customers import people.csv --on-conflict fail', 17],
  [
    'customers list --where "tier = gold" --limit 2',
    0,
    '[] customer_id email first_name tier consent attributes',
  ],
  ['customers list --where "teir = gold"', 2],
  ['customers show nobody', 5],
  ['customers erase C-11', 16],
  [
    'contests create july --name July --benefit B --starts-at 2026-06-01 --duration 90d --rules typo.json',
    14,
  ],
  [
    'contests create july --name July --benefit B --starts-at 2026-06-01 --duration 90d --rules rules.json',
    0,
    'contest status',
  ],
  ['contests launch july', 0, 'contest status enrolled codes_created'],
  ['contests launch august', 5],
  ['contests show july --rules', 0, 'eligibility attribution approval limits scoring qualify rewards fraud'],
  ['codes generate --contest july', 0, 'created existing active expired'],
  ['codes list', 0, '[] code customer_id contest status created_at expires_at'],
  ['templates list', 0, '[] name version sha256 updated_at'],
  [
    'campaigns create mail --contest july --template winners --variant "A:subject=One" --variant "B:subject=Two"',
    0,
    'campaign status',
  ],
  ['campaigns create mail --contest july --template winners', 17],
  ['campaigns create other --contest july --template winers', 5],
  ['experiments show mail', 0, TESTED],
  ['conversions import bookings.csv --contest july --dry-run', 0, CONVERTED],
  ['conversions import bookings.csv --contest july', 0, CONVERTED],
  ['conversions import bookings.csv --contest august', 5],
  ['conversions list', 0, REFERRALS],
  ['conversions approve 99999', 5],
  ['leaderboard july', 0, 'contest as_of digest entries'],
  ['rewards compute --contest july', 0, 'created reversed unchanged totals'],
  ['rewards list', 0, REWARDS],
  ['rewards balance', 0, '[] customer_id currency held available paid balance'],
  ['rewards pay -o payouts.csv', 16],
  ['contests end july', 0],
  ['contests finalize july', 16],
  ['contests finalize july --confirm july', 0, 'contest status'],
  ['campaigns plan mail', 0, PLANNED],
  ['campaigns send mail', 16],
  [`campaigns send mail --plan ${'0'.repeat(64)}`, 17],
  ['campaigns send mail --yes --limit 3', 0, SENT],
  ['campaigns send mail --yes', 0, SENT],
  [
    'campaigns status mail',
    0,
    `${SENT.replace(' rate duration_ms', '')} delivered opened clicked bounced complained unsubscribed converted`,
  ],
  ['campaigns send mail --yes --transport sendgrid', 4],
  ['experiments decide mail', 0, TESTED],
  ['events import -', 0, 'events new duplicates matched unmatched by_type settled', '[]'],
  ['events import -', 14, '', 'not events'],
  ['export deliveries', 0, DELIVERIES],
  ['report summary', 0, 'period contest as_of totals rates money'],
  ['segments score', 0, 'model version scored segments'],
  ['segments train --from past.csv --target did --id id --seed 3', 0, 'model version rows metrics baseline'],
  ['segments train --from past.csv --target nope --id id', 14],
  ['backup create --to backups', 0, 'id location tables bytes new_bytes duration_ms'],
  ['backup restore nothing --into sqlite:copy.db', 5],
  ['settings get nothing', 5],
  ['settings set segments.new_days many', 2],
  ['runs show 99999', 5],
  ['jobs run nothing', 5],
  ['audit verify', 0],
  ['customers list --bogus', 2],
  ['customers list --config nowhere.json', 12],
  ['customers list --database postgres://127.0.0.1:1/none', 13],
];

let folder = '';

beforeAll(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'referral-contract-')));
  for (const [name, text] of Object.entries(FILES)) await writeFile(join(folder, name), text);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test('the contract of the command line holds, from an empty folder to a paid contest', async () => {
  await usingFolder(folder, async () => {
    for (const step of STEPS) await carryOut(step);
  });
});

async function carryOut([line, code, keys = '', input]: Step): Promise<void> {
  const [command] = parseShellLine(`referral ${line} --json`) ?? [];
  const words = command?.words.slice(1) ?? [];
  const { exitCode, stdout, stderr } = await runHere(words, {
    env: { HOME: folder },
    ...(input === undefined ? {} : { input }),
  });
  expect(exitCode, `${line}\n${stderr}`).toBe(code);
  if (code !== 0 && code !== 3) {
    expect(stdout, line).toBe('');
    expect(Object.keys(JSON.parse(stderr).error), line).toEqual(
      expect.arrayContaining(['code', 'message', 'hint', 'details', 'run_id']),
    );
    return;
  }
  const printed: unknown = JSON.parse(stdout);
  const names = keys.split(' ').filter((name) => name !== '' && name !== '[]');
  if (keys.startsWith('[]')) expect(printed, line).toBeInstanceOf(Array);
  const told: unknown = Array.isArray(printed) ? printed[0] : printed;
  expect(Object.keys(told ?? {}), line).toEqual(expect.arrayContaining(names));
  if (line === 'codes list') await fillInCode(printed as readonly Record<string, string>[]);
}

/** The bookings name the code of the first customer. */
async function fillInCode(codes: readonly Record<string, string>[]): Promise<void> {
  const own = codes.find((row) => row['customer_id'] === 'C-0')?.['code'] ?? '';
  const text = FILES['bookings.csv'] ?? '';
  await writeFile(join(folder, 'bookings.csv'), text.replaceAll('CODE_OF_C-0', own));
}
