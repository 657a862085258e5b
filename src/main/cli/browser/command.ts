import { WEB } from '../../../shared/contract/web';
import { Admin } from '../admin';
import type { Command } from '../command';
import { EXIT } from '../exit-codes';
import { dataFolder, findRunning } from '../find';
import { printJson, printLine } from '../print';

/** `holdfast browser`: a link to the window, as `holdfast headless` prints it at its start. */
export const browser: Command = {
  help: `Usage: holdfast browser [--json]

Prints a link that opens the window of the running Holdfast in a browser. It works once, within ten minutes; whoever has
it can do all that you can, so do not pass it on. On another machine, forward the port first: ssh -L 8181:127.0.0.1:8181

  --json    prints one JSON object: link

Exit codes: 0 done, 1 it failed, 2 wrong usage, 3 Holdfast is not running.`,
  options: { json: { type: 'boolean' } },
  maxPositionals: 0,
  async run(given) {
    const admin = await Admin.of(findRunning(dataFolder()));
    const { link } = (await admin.ask(WEB.link, { method: 'POST' })) as { link: string };
    if (given.flag('json')) printJson({ link });
    else printLine(link);
    return EXIT.ok;
  },
};
