/** Opens the store of a folder and holds it until it is killed; says so, or why it could not. */
import { pino } from 'pino';
import { Store } from '../../../../src/main/store/store';
import { HoldfastError } from '../../../../src/shared/errors';

const folder = process.argv[2] ?? '';
try {
  Store.open({ folder, now: Date.now, log: pino({ level: 'silent' }) });
  process.stdout.write('open\n');
  process.stdin.resume();
} catch (error) {
  process.stdout.write(`${error instanceof HoldfastError ? error.code : String(error)}\n`);
  process.exitCode = 1;
}
