import type { Session } from '../../../shared/contract/session';
import { HoldfastError } from '../../../shared/errors';
import { Admin } from '../admin';
import type { Command } from '../command';
import { EXIT } from '../exit-codes';
import { dataFolder, findRunning } from '../find';
import { columns, printJson, printLine } from '../print';
import { type Names, sessionNamed } from './find-session';
import { sessionRow } from './words';

const ROUTE = '/api/mcp/sessions';
/** The words that each action takes beside its own. */
const WORDS: Readonly<Record<string, { readonly least: number; readonly most: number; readonly sentence: string }>> = {
  list: { least: 0, most: 0, sentence: '' },
  name: { least: 1, most: 2, sentence: 'Name the session by its id, then give its new name.' },
  pin: { least: 1, most: 1, sentence: 'Name the session, by its id or its name.' },
  unpin: { least: 1, most: 1, sentence: 'Name the session, by its id or its name.' },
};

/** `holdfast sessions`: lists sessions, names them, pins and unpins them. */
export const sessions: Command = {
  help: `Usage: holdfast sessions [list] [--json]
       holdfast sessions name SESSION [NAME] [--json]
       holdfast sessions pin SESSION [--json]
       holdfast sessions unpin SESSION [--json]

  list     the sessions that have not ended, with their names; a pinned one says so
  name     gives a session a name; without one, takes its name away
  pin      keeps a session, with the processes of its servers, until it is unpinned or ended; at most 20
  unpin    keeps it for the usual time from now on

  SESSION is its id, the beginning of its id as "list" shows it, or its name.

  --json   prints one JSON object: ok, sessions and names, or ok, session and name

Exit codes: 0 all is well, 1 it could not be done, 2 wrong usage, 3 Holdfast is not running.`,
  options: { json: { type: 'boolean' } },
  maxPositionals: 3,
  async run(given) {
    const [action = 'list', ...words] = given.positionals;
    const takes = Object.hasOwn(WORDS, action) ? WORDS[action] : undefined;
    if (!takes) throw new HoldfastError('invalid_input', `There is no "sessions ${action}".`);
    if (words.length < takes.least) throw new HoldfastError('invalid_input', takes.sentence);
    if (words.length > takes.most) {
      throw new HoldfastError('invalid_input', `"${words[takes.most]}" is one word too many.`);
    }
    const [which = '', name = ''] = words;
    const admin = await Admin.of(findRunning(dataFolder()));
    const [{ sessions: all }, { names }] = (await Promise.all([
      admin.ask(`${ROUTE}?status=active,idle,disconnected&limit=1000`),
      admin.ask(`${ROUTE}/names`),
    ])) as [{ sessions: Session[] }, { names: Names }];
    if (action === 'list') {
      if (given.flag('json')) printJson({ ok: true, sessions: all, names });
      else if (all.length === 0) printLine('There is no session that has not ended.');
      else for (const line of columns(all.map((one) => sessionRow(one, names[one.session_id])))) printLine(line);
      return EXIT.ok;
    }
    const { session_id } = sessionNamed(all, names, which);
    const body = action === 'name' ? { name } : { pinned: action === 'pin' };
    const changed = (await admin.ask(`${ROUTE}/${session_id}`, { method: 'PATCH', body })) as {
      session: Session;
      name: string | null;
    };
    if (given.flag('json')) printJson({ ok: true, ...changed });
    else printLine(sessionRow(changed.session, changed.name ?? undefined).join(', '));
    return EXIT.ok;
  },
};
