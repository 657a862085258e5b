import { type AlertChange, type AlertKind, type AlertSettings, alertKindSchema } from '../../../shared/contract/alert';
import { HoldfastError } from '../../../shared/errors';
import { nearest } from '../../../shared/model/nearest';
import { MINUTE } from '../../../shared/model/units';
import { Admin } from '../admin';
import type { Command } from '../command';
import { EXIT } from '../exit-codes';
import { dataFolder, findRunning } from '../find';
import { printJson, printLine } from '../print';
import { readLine } from '../read-line';
import { notificationLines } from './words';

const ROUTE = '/api/mcp/notifications';
const KINDS = alertKindSchema.options;
const MOST_MINUTES = 7 * 24 * 60;

/** `holdfast notifications`: what the user is notified about, and when not. */
export const notifications: Command = {
  help: `Usage: holdfast notifications [status] [--json]
       holdfast notifications on|off KIND|all [--json]
       holdfast notifications quiet FROM TO | quiet off [--json]
       holdfast notifications pause MINUTES | resume [--json]
       holdfast notifications webhook set | webhook off [--json]

  status          every kind and whether it is reported, quiet hours, pause and webhook
  on, off KIND    reports problems of a kind, or no longer
  quiet FROM TO   no notifications between two times of each day, such as 22:30 07:00
  pause MINUTES   no notifications for so long; "resume" ends it
  webhook set     posts problems to an address as well. It is read from standard input, so that it is in no list of processes

Kinds: ${KINDS.slice(0, 4).join(', ')},
       ${KINDS.slice(4).join(', ')}

  --json    prints one JSON object: ok and notifications

Exit codes: 0 all is well, 1 it could not be done, 2 wrong usage, 3 Holdfast is not running.`,
  options: { json: { type: 'boolean' } },
  maxPositionals: 3,
  async run(given) {
    const read = readerOf(given.positionals);
    const admin = await Admin.of(findRunning(dataFolder()));
    const before = (await admin.ask(ROUTE)) as AlertSettings;
    const change = await read(before);
    const after =
      change === null ? before : ((await admin.ask(ROUTE, { method: 'PATCH', body: change })) as AlertSettings);
    if (given.flag('json')) printJson({ ok: true, notifications: after });
    else for (const line of notificationLines(after)) printLine(line);
    return EXIT.ok;
  },
};

/** What is to change, once it is known what holds; null if nothing is. */
type Reader = (before: AlertSettings) => AlertChange | null | Promise<AlertChange>;

/** @throws HoldfastError `invalid_input` for words that mean nothing; Holdfast need not run for that */
function readerOf([action = 'status', ...words]: readonly string[]): Reader {
  const [first, second] = words;
  const takes = action === 'status' || action === 'resume' ? 0 : action === 'quiet' && first !== 'off' ? 2 : 1;
  if (words.length > takes) throw new HoldfastError('invalid_input', `"${words[takes]}" is one word too many.`);
  switch (action) {
    case 'status':
      return () => null;
    case 'on':
    case 'off':
      return switched(action === 'on', kindsOf(first));
    case 'quiet':
      if (first === 'off') return change({ quiet_hours: null });
      if (first === undefined || second === undefined) {
        throw new HoldfastError('invalid_input', 'Say from when to when, such as 22:30 07:00, or off.');
      }
      return change({ quiet_hours: { from: timeOf(first), to: timeOf(second) } });
    case 'pause':
      return change({ paused_until: Date.now() + minutesOf(first) * MINUTE });
    case 'resume':
      return change({ paused_until: null });
    case 'webhook':
      if (first === 'off') return change({ webhook: null });
      if (first === 'set') return readWebhook;
      throw new HoldfastError('invalid_input', 'Say "webhook set" or "webhook off".');
    default:
      throw new HoldfastError('invalid_input', `There is no "notifications ${action}".`);
  }
}

const change =
  (what: AlertChange): Reader =>
  () =>
    what;

const switched =
  (isOn: boolean, kinds: readonly AlertKind[]): Reader =>
  ({ off }) => {
    const others = off.filter((kind) => !kinds.includes(kind));
    return { off: isOn ? others : [...others, ...kinds] };
  };

async function readWebhook(): Promise<AlertChange> {
  const webhook = await readLine('Address of the webhook: ');
  if (!webhook) throw new HoldfastError('internal_error', 'No address came on standard input. Nothing was changed.');
  return { webhook };
}

/** A kind as in the list; dashes are taken for underscores. */
function kindsOf(given: string | undefined): readonly AlertKind[] {
  if (given === undefined) throw new HoldfastError('invalid_input', 'Name a kind of problem, or say all.');
  if (given === 'all') return KINDS;
  const name = given.toLowerCase().replaceAll('-', '_');
  const kind = KINDS.find((one) => one === name);
  if (kind !== undefined) return [kind];
  const meant = nearest(name, KINDS);
  const hint = meant === null ? '"holdfast notifications" lists all.' : `Did you mean "${meant}"?`;
  throw new HoldfastError('invalid_input', `There is no kind "${given}". ${hint}`);
}

function timeOf(text: string): string {
  const whole = /^\d:\d\d$/.test(text) ? `0${text}` : text;
  if (/^([01]\d|2[0-3]):[0-5]\d$/.test(whole)) return whole;
  throw new HoldfastError('invalid_input', `"${text}" is not a time of day. Write it as 22:30.`);
}

function minutesOf(text: string | undefined): number {
  const minutes = /^\d{1,5}$/.test(text ?? '') ? Number(text) : 0;
  if (minutes >= 1 && minutes <= MOST_MINUTES) return minutes;
  throw new HoldfastError('invalid_input', `Say for how many minutes, from 1 to ${MOST_MINUTES}.`);
}
