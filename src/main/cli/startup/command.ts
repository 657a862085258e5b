import { HoldfastError } from '../../../shared/errors';
import { startAtLogin } from '../../platform/start-at-login/open';
import type { Command } from '../command';
import { EXIT } from '../exit-codes';
import { dataFolder } from '../find';
import { printJson, printLine } from '../print';

const ON = 'On: Holdfast starts when you log in, without its window.';
const OFF = 'Off: Holdfast does not start when you log in.';

/** `holdfast startup`: whether the system starts Holdfast at login. Holdfast need not run for it. */
export const startup: Command = {
  help: `Usage: holdfast startup [on|off|status] [--json]

Says whether your system starts Holdfast, without its window, when you log in; switches it on or off. It is off until you
switch it on. Without a display, use "holdfast service" instead.

  --json    prints one JSON object: enabled, possible and note

Exit codes: 0 done, 1 it is not possible or cannot be saved, 2 wrong usage.`,
  options: { json: { type: 'boolean' } },
  maxPositionals: 1,
  async run(given) {
    const login = startAtLogin(dataFolder(), process.env);
    const [what = 'status'] = given.positionals;
    if (what !== 'on' && what !== 'off' && what !== 'status') {
      throw new HoldfastError('invalid_input', `"${what}" is not on, off or status.`);
    }
    const before = login.get();
    if (what === 'on' && !before.possible) throw new HoldfastError('internal_error', before.note ?? undefined);
    const { enabled, possible, note } = what === 'status' ? before : login.set(what === 'on');
    if (given.flag('json')) printJson({ enabled, possible, note });
    else {
      // A Holdfast that cannot be started at login knows nothing of one that can.
      if (possible) printLine(enabled ? ON : OFF);
      if (note !== null) printLine(note);
    }
    return EXIT.ok;
  },
};
