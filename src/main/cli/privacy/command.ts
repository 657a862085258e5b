import type { Deletion, DeletionCounts, KeptData } from '../../../shared/contract/privacy';
import { HoldfastError } from '../../../shared/errors';
import { MINUTE, type Ms } from '../../../shared/model/units';
import { Admin } from '../admin';
import type { Command } from '../command';
import { EXIT, type ExitCode } from '../exit-codes';
import { dataFolder, findRunning } from '../find';
import { columns, printJson, printLine } from '../print';
import { readLine } from '../read-line';
import { BACKUPS, countWords, keptRows, questionOf } from './words';

const ROUTE = '/api/mcp/privacy';
/** Measuring and counting read the whole database; deleting writes it. */
const READ: Ms = 2 * MINUTE;
const DELETED: Ms = 30 * MINUTE;
const MOST_DAYS = 400;

/** `holdfast privacy`: what is kept and how much it is, and deleting it. */
export const privacy: Command = {
  help: `Usage: holdfast privacy [list] [--json]
       holdfast privacy delete activity [--yes] [--json]
       holdfast privacy delete contents [--yes] [--json]
       holdfast privacy delete history [--yes] [--json]
       holdfast privacy delete ended-sessions [--yes] [--json]
       holdfast privacy delete older DAYS [--yes] [--json]

  list                    what Holdfast keeps on this machine, for how long, and how much it is
  delete activity         what was called and how it ended. Sessions and their timelines stay
  delete contents         what was in messages, where that was recorded. Activity stays
  delete history          the history for the charts. Sessions and their timelines stay
  delete ended-sessions   sessions that were closed or have expired, with their names, timelines and messages
  delete older DAYS       events, ended sessions, activity and history that are older

A deletion is final. It says first what goes, and asks. Sessions that have not ended stay.

  --yes     does not ask
  --json    prints one JSON object: ok with areas and total_bytes, or ok and deleted

Exit codes: 0 done, 1 it could not be done or was not confirmed, 2 wrong usage, 3 Holdfast is not running.`,
  options: { json: { type: 'boolean' }, yes: { type: 'boolean' } },
  maxPositionals: 3,
  async run(given) {
    const [action = 'list', ...words] = given.positionals;
    if (action !== 'list' && action !== 'delete') {
      throw new HoldfastError('invalid_input', `There is no "privacy ${action}".`);
    }
    if (action === 'list' && words.length > 0) {
      throw new HoldfastError('invalid_input', `"${words[0]}" is one word too many.`);
    }
    const deletion = action === 'delete' ? deletionOf(words) : null;
    const admin = await Admin.of(findRunning(dataFolder()));
    const isJson = given.flag('json');
    if (deletion !== null) return deleted(admin, deletion, { isJson, isSure: given.flag('yes') });
    const kept = (await admin.ask(ROUTE, { limit: READ })) as KeptData;
    if (isJson) printJson({ ok: true, ...kept });
    else for (const line of columns(keptRows(kept))) printLine(line);
    return EXIT.ok;
  },
};

async function deleted(
  admin: Admin,
  deletion: Deletion,
  { isJson, isSure }: { isJson: boolean; isSure: boolean },
): Promise<ExitCode> {
  if (!isSure) {
    const preview = { method: 'POST', body: deletion, limit: READ };
    const counts = (await admin.ask(`${ROUTE}/preview`, preview)) as DeletionCounts;
    process.stderr.write(`${questionOf(deletion, counts)}\n`);
    const isEmpty = Object.values(counts).every((count) => count === 0);
    if (!isEmpty && (await readLine('Type "yes" to delete it: '))?.toLowerCase() !== 'yes') {
      throw new HoldfastError('internal_error', 'Nothing was deleted. Answer "yes", or give --yes.');
    }
  }
  const order = { method: 'POST', body: deletion, limit: DELETED };
  const counts = (await admin.ask(`${ROUTE}/delete`, order)) as DeletionCounts;
  if (isJson) printJson({ ok: true, deleted: counts });
  else {
    const words = countWords(counts);
    printLine(words === '' ? 'There was nothing to delete.' : `Deleted: ${words}.`);
    if (words !== '') printLine(BACKUPS);
  }
  return EXIT.ok;
}

function deletionOf([what, days, more]: readonly string[]): Deletion {
  if (what === undefined)
    throw new HoldfastError('invalid_input', 'Say what: activity, contents, history, ended-sessions or older DAYS.');
  const name = what.toLowerCase().replaceAll('-', '_');
  if (
    name !== 'activity' &&
    name !== 'contents' &&
    name !== 'history' &&
    name !== 'ended_sessions' &&
    name !== 'older'
  ) {
    throw new HoldfastError('invalid_input', `"${what}" is not activity, contents, history, ended-sessions or older.`);
  }
  if (name === 'older') {
    const number = /^\d{1,3}$/.test(days ?? '') ? Number(days) : 0;
    if (number < 1 || number > MOST_DAYS) {
      throw new HoldfastError('invalid_input', `Say how many days old, from 1 to ${MOST_DAYS}.`);
    }
    return { what: name, days: number };
  }
  const surplus = days ?? more;
  if (surplus !== undefined) throw new HoldfastError('invalid_input', `"${surplus}" is one word too many.`);
  return { what: name };
}
