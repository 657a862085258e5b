/** Opens the store of a folder and holds it until its input ends or it is killed; says so, or why it could not. */
import { pino } from 'pino';
import { Store } from '#src/main/store/store';
import { HoldfastError } from '#src/shared/errors';

const folder = process.argv[2] ?? '';
try {
  const store = Store.open({ folder, now: Date.now, log: pino({ level: 'silent' }) });
  process.stdout.write('open\n');
  process.stdin.on('end', () => store.close()).resume();
} catch (error) {
  process.stdout.write(`${error instanceof HoldfastError ? `${error.code}: ${error.message}` : String(error)}\n`);
  process.exitCode = 1;
}
