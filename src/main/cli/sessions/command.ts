import type { Session } from '../../../shared/contract/session';
import { HoldfastError } from '../../../shared/errors';
import { Admin } from '../admin';
import type { Command } from '../command';
import { EXIT } from '../exit-codes';
import { dataFolder, findRunning } from '../find';
import { columns, printJson, printLine } from '../print';
import { type Names, sessionNamed } from './find-session';
import { fulfil, wishOf } from './other-client';
import { sessionRow } from './words';

const ROUTE = '/api/mcp/sessions';
/** The words that each action takes beside its own. */
const WORDS: Readonly<Record<string, { readonly least: number; readonly most: number; readonly sentence: string }>> = {
  list: { least: 0, most: 0, sentence: '' },
  name: { least: 1, most: 2, sentence: 'Name the session by its id, then give its new name.' },
  pin: { least: 1, most: 1, sentence: 'Name the session, by its id or its name.' },
  handoff: { least: 1, most: 1, sentence: 'Name the session, by its id or its name.' },
  share: { least: 1, most: 1, sentence: 'Name the session, by its id or its name.' },
  unpin: { least: 1, most: 1, sentence: 'Name the session, by its id or its name.' },
};

/** `holdfast sessions`: lists sessions, names them, pins and unpins them, hands one over to another client, or shares it. */
export const sessions: Command = {
  help: `Usage: holdfast sessions [list] [--json]
       holdfast sessions name SESSION [NAME] [--json]
       holdfast sessions pin SESSION [--json]
       holdfast sessions unpin SESSION [--json]
       holdfast sessions handoff SESSION --to CLIENT [--invite] [--json]
       holdfast sessions handoff SESSION --cancel [--json]
       holdfast sessions share SESSION --to CLIENT [--invite] [--asks host|guest] [--json]
       holdfast sessions share SESSION --asks host|guest | --stop | --cancel [--json]

  list     the sessions that have not ended, with their names; a pinned one says so
  name     gives a session a name; without one, takes its name away
  pin      keeps a session, with the processes of its servers, until it is unpinned or ended; at most 20
  unpin    keeps it for the usual time from now on
  handoff  lets another client continue it within five minutes, with what its servers hold (a browser tab, a REPL, an open
           transaction); its chat does not come along. The next connection of that client has it; with --invite, whoever
           calls reconnect_session there with the invitation, which is printed this once. Until then nothing changes.
           --cancel takes the offer back. The client has to be allowed to: holdfast clients take-over CLIENT on
  share    lets another client use the same processes of its servers while both are there, in the same ways and under the
           same conditions; no chat comes along. --asks says who gets what servers ask (sampling, elicitation, roots): "host",
           the client of this session, or "guest", the other one; host if it is left out. Without --to it changes that.
           --stop ends it: the servers stay with this session, and the other one starts its own

  SESSION is its id, the beginning of its id as "list" shows it, or its name.

  --json   prints one JSON object: ok, sessions and names, or ok, session and name; of handoff and
           share ok, session and invitation

Exit codes: 0 all is well, 1 it could not be done, 2 wrong usage, 3 Holdfast is not running.`,
  options: {
    json: { type: 'boolean' },
    to: { type: 'string' },
    invite: { type: 'boolean' },
    cancel: { type: 'boolean' },
    asks: { type: 'string' },
    stop: { type: 'boolean' },
  },
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
    const wish = action === 'handoff' || action === 'share' ? wishOf(action, given) : null;
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
    if (wish) {
      const { lines, ...said } = await fulfil(admin, session_id, wish);
      if (given.flag('json')) printJson({ ok: true, ...said });
      else for (const line of lines) printLine(line);
      return EXIT.ok;
    }
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
