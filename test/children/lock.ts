/* A process that takes a lock (`lock.ts URL NAME`) and keeps it until it is killed. */
import { openDatabase } from '../../src/core/database/open-database.ts';

const [url = '', name = ''] = process.argv.slice(2);
const database = await openDatabase({ url });
const lock = await database.tryLock(name);
process.stdout.write(lock === undefined ? 'taken by another\n' : 'held\n');
setInterval(() => undefined, 1_000);
