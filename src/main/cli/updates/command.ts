import type { UpdatesState } from '../../../shared/contract/updates';
import { HoldfastError } from '../../../shared/errors';
import { type Ms, SECOND } from '../../../shared/model/units';
import { Admin } from '../admin';
import type { Command } from '../command';
import { EXIT } from '../exit-codes';
import { dataFolder, findRunning } from '../find';
import { printJson, printLine } from '../print';
import { updateLines } from './words';

const ROUTE = '/api/mcp/updates';
/** A check takes at most 10 s. */
const CHECKED: Ms = 15 * SECOND;
/** Words that each action takes besides its own. */
const WORDS: Readonly<Record<string, number>> = { status: 0, on: 0, off: 0, check: 0, address: 1 };

/** `holdfast updates`: whether Holdfast looks for newer versions, where, and what it found. */
export const updates: Command = {
  help: `Usage: holdfast updates [status|on|off|check] [--json]
       holdfast updates address ADDRESS|none [--json]

  status            this version, what is newer, and how this installation is updated
  on, off           looks once a day, or no longer. It is off until you switch it on
  check             looks now
  address ADDRESS   where to look: https://, or http:// on this machine

Nothing is downloaded but one small signed file, and nothing is installed.

  --json    prints one JSON object: ok and updates

Exit codes: 0 done, 1 it could not be done, 2 wrong usage, 3 Holdfast is not running.`,
  options: { json: { type: 'boolean' } },
  maxPositionals: 2,
  async run(given) {
    const [action = 'status', address] = given.positionals;
    const takes = Object.hasOwn(WORDS, action) ? WORDS[action] : undefined;
    if (takes === undefined) throw new HoldfastError('invalid_input', `There is no "updates ${action}".`);
    if (takes === 0 && address !== undefined) {
      throw new HoldfastError('invalid_input', `"${address}" is one word too many.`);
    }
    if (takes === 1 && address === undefined) throw new HoldfastError('invalid_input', 'Say the address, or none.');
    const admin = await Admin.of(findRunning(dataFolder()));
    const state = await stateAfter(admin, action, address === 'none' ? null : address);
    if (given.flag('json')) printJson({ ok: true, updates: state });
    else for (const line of updateLines(state)) printLine(line);
    const hasFailed = action === 'check' && state.checked !== null && state.checked.problem !== null;
    return hasFailed ? EXIT.notWell : EXIT.ok;
  },
};

async function stateAfter(admin: Admin, action: string, address: string | null | undefined): Promise<UpdatesState> {
  if (action === 'check') return admin.ask(`${ROUTE}/check`, { method: 'POST', body: {}, limit: CHECKED });
  const before = (await admin.ask(ROUTE)) as UpdatesState;
  if (action === 'status') return before;
  const isOn = action === 'address' ? before.enabled && address !== null : action === 'on';
  const body = { enabled: isOn, ...(action === 'address' && { address }) };
  return admin.ask(ROUTE, { method: 'PUT', body });
}
