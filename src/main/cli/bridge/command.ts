import { watch } from 'node:fs';
import { homedir } from 'node:os';
import type { ClientProcess } from '../../../shared/contract/client-process';
import { HoldfastError } from '../../../shared/errors';
import { addressOfSet, type McpAddress } from '../../../shared/model/mcp-address';
import { bridgeUser } from '../../platform/client-program';
import { within } from '../../platform/deadline';
import { systemTimers } from '../../platform/node';
import { systemProcesses } from '../../platform/process-lookup/system';
import { healthOf } from '../admin';
import type { Command } from '../command';
import { EXIT } from '../exit-codes';
import { dataFolder, findRunning } from '../find';
import { spanWords } from '../print';
import { Bridge } from './bridge';
import { Link } from './bridge-link';
import { HoldfastLocator } from './holdfast-locator';
import { bridgeKey, clientName, givenKey } from './key';
import { linesOf, Output } from './lines';

const DEFAULT_WAIT_SECONDS = 10;
/** How long to wait for running calls after the client's last line. */
const SETTLE_MS = 5_000;
/** How long the first `initialize` waits to know which program started the bridge. */
const START_LIMIT_MS = 500;
const SERVER_NAME = /^[A-Za-z][A-Za-z0-9-]{0,39}$/;

const say = (text: string): void => void process.stderr.write(`holdfast bridge: ${text}\n`);

/** The program that started this bridge; null if the system does not say so in time. */
async function starter(): Promise<ClientProcess | null> {
  const lookup = systemProcesses();
  const asked = lookup.of(process.pid).then((facts) => facts && bridgeUser(lookup, facts, homedir()));
  return within(systemTimers, START_LIMIT_MS, asked, () => null).catch(() => null);
}

/** Calls back when a starting Holdfast writes its endpoint file. Without a watch, Holdfast is found a little later. */
function onEndpointFile(folder: string, changed: () => void): () => void {
  try {
    const watcher = watch(folder, { persistent: false }, (_, file) => {
      if (file === 'endpoint.json') changed();
    });
    watcher.on('error', () => watcher.close());
    return () => watcher.close();
  } catch {
    return () => {};
  }
}

const pathOf = (address: McpAddress): string => (address === null ? '/mcp' : `/mcp/${address}`);

/** `holdfast bridge`: lets a client that speaks only stdio use Holdfast. */
export const bridge: Command = {
  help: `Usage: holdfast bridge [--server NAME | --set NAME] [--name TEXT] [--wait SECONDS] [--end-session]

An MCP server over stdio, for clients that speak only that. It relays to Holdfast, in a session that outlives restarts of
Holdfast. Requests are answered with an error while Holdfast is not running.

  --server NAME    only this server behind Holdfast, untouched; all of them without it
  --set NAME       only this set of servers and tools (see "holdfast sets")
  --name TEXT      name of the client in Holdfast; what the client calls itself without it
  --wait SECONDS   how long initialize waits for Holdfast to be started (${DEFAULT_WAIT_SECONDS})
  --end-session    end the session when the client closes the bridge's input; without it the session stays, so that a
                   client that is restarted or crashed comes back to it

It makes itself a client key, once for each name, and keeps it in the data folder. HOLDFAST_KEY, or the
key in the file that HOLDFAST_KEY_FILE names, is used in its place.
Standard output carries the protocol and nothing else.

Exit codes: 0 the client is done, 1 it failed, 2 wrong usage.`,
  options: {
    server: { type: 'string' },
    set: { type: 'string' },
    name: { type: 'string' },
    wait: { type: 'string' },
    'end-session': { type: 'boolean' },
  },
  maxPositionals: 0,
  async run(given) {
    const server = given.text('server');
    if (server !== undefined && !SERVER_NAME.test(server)) {
      throw new HoldfastError('invalid_input', `"${server}" cannot be the name of a server.`);
    }
    const set = given.text('set');
    if (set !== undefined && !SERVER_NAME.test(set)) {
      throw new HoldfastError('invalid_input', `"${set}" cannot be the name of a set.`);
    }
    if (set !== undefined && server !== undefined) {
      throw new HoldfastError('invalid_input', 'Give --server or --set, not both.');
    }
    const wait = Number(given.text('wait') ?? DEFAULT_WAIT_SECONDS);
    if (!(wait >= 0 && wait <= 3600)) throw new HoldfastError('invalid_input', '--wait takes 0 to 3600 seconds.');

    const folder = dataFolder();
    let name = clientName(given.text('name') ?? '');
    let key: string | null = process.env.HOLDFAST_KEY || givenKey(process.env.HOLDFAST_KEY_FILE);
    const locator = new HoldfastLocator({
      async locate() {
        const running = findRunning(folder);
        await healthOf(running);
        return running.url;
      },
      changed(isThere, away) {
        say(isThere ? `Holdfast is back after ${spanWords(away)}` : 'Holdfast is gone; waiting for it');
      },
    });
    const unwatch = onEndpointFile(folder, () => locator.hint());
    const keyOf = async () => {
      key ??= await bridgeKey(folder, name);
      return key;
    };
    const link = new Link(locator, pathOf(set === undefined ? (server ?? null) : addressOfSet(set)), keyOf, starter());
    const relay = new Bridge({
      locator,
      link,
      say,
      output: new Output((text) => void process.stdout.write(text)),
      initializeWithin: wait * 1000,
      identify(program) {
        if (given.text('name') === undefined) name = clientName(program);
      },
    });
    // The client wants the bridge gone at once, and there is nothing to save.
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(EXIT.ok));

    for await (const line of linesOf(process.stdin)) await relay.take(line);
    const late = setTimeout(() => process.exit(EXIT.ok), SETTLE_MS).unref();
    await relay.settled();
    await relay.close({ endSession: given.flag('end-session') });
    clearTimeout(late);
    unwatch();
    return EXIT.ok;
  },
};
