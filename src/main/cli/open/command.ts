import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Admin } from '../admin';
import type { Command } from '../command';
import { EXIT } from '../exit-codes';
import { dataFolder, findRunning } from '../find';
import { openBrowser } from '../open-browser';
import { printJson, printLine } from '../print';

/** `holdfast open`: signs a browser in to the running Holdfast. */
export const open: Command = {
  help: `Usage: holdfast open [--print] [--json]

Opens the window of the running Holdfast in a browser, and prints the link. The link signs one browser in, once, within ten
minutes; each call makes a fresh one.

  --print   only prints the link
  --json    prints one JSON object: ok, url and opened

Exit codes: 0 there is a link, 1 something is wrong, 2 wrong usage, 3 Holdfast is not running.`,
  options: { print: { type: 'boolean' }, json: { type: 'boolean' } },
  maxPositionals: 0,
  async run(given) {
    const folder = dataFolder();
    const admin = await Admin.of(findRunning(folder));
    const { url } = (await admin.ask('/api/mcp/sign-in-link', { method: 'POST' })) as { url: string };
    const opened = !given.flag('print') && openBrowser(leadTo(url, folder));
    if (given.flag('json')) printJson({ ok: true, url, opened });
    else {
      printLine(url);
      if (opened) printLine('The link is open in your browser. If nothing appears there, open the address above.');
      else printLine('Open this address in a browser of this machine. The link works once, for ten minutes.');
    }
    return EXIT.ok;
  },
};

/**
 * The address of a file that only this user can read and that leads to the link: in the arguments of a browser, everybody on
 * this machine could see the link itself.
 */
function leadTo(url: string, folder: string): string {
  const file = join(folder, 'open.html');
  rmSync(file, { force: true });
  const escaped = url.replace(/&/g, '&amp;').replace(/"/g, '&quot;').replace(/</g, '&lt;');
  const page = `<!doctype html><meta charset="utf-8"><title>Holdfast</title><meta http-equiv="refresh" content="0;url=${escaped}"><a href="${escaped}">Open Holdfast</a>\n`;
  writeFileSync(file, page, { mode: 0o600, flag: 'wx' });
  return pathToFileURL(file).href;
}
