import { createInterface } from 'node:readline';
import type { LoginBegun } from '../../../shared/contract/login';
import type { Server } from '../../../shared/contract/server';
import { HoldfastError } from '../../../shared/errors';
import { type Ms, SECOND } from '../../../shared/model/units';
import type { Admin } from '../admin';
import { openBrowser } from '../open-browser';

/** How often Holdfast is asked whether the person is done. */
const ASK_EVERY: Ms = SECOND;

export interface LoginOptions {
  /** Finish it on another device, with a code. */
  readonly onDevice: boolean;
  /** Open the address in the browser of this machine. */
  readonly opens: boolean;
  /** Writes a line for the person. */
  say(line: string): void;
}

/**
 * Logs in to a server: says where, opens the browser, and waits until the person is done there, or pastes the address at
 * which a browser on another machine has ended.
 * @throws HoldfastError `login_impossible` when it did not work
 */
export async function logIn(admin: Admin, { name }: Server, options: LoginOptions): Promise<Server> {
  const { onDevice, opens, say } = options;
  const path = `/api/mcp/servers/${encodeURIComponent(name)}`;
  const how = onDevice ? 'device' : 'browser';
  const begun = (await admin.ask(`${path}/login?how=${how}`, { method: 'POST', body: {} })) as LoginBegun;
  say(`Log in to ${name} at ${begun.host}:`);
  say(`  ${begun.url}`);
  if (begun.code !== null) say(`and enter the code ${begun.code} there.`);
  if (opens && begun.code === null && openBrowser(begun.url)) say('Opened in your browser.');
  if (begun.code === null) {
    say(
      'If that browser runs on another machine, it ends on a page that it cannot show. Paste its whole address here:',
    );
  }
  const pasted = begun.code === null ? addressesFrom(process.stdin) : null;
  try {
    for (;;) {
      const server = (await admin.ask(path)) as Server;
      const { state, problem } = server.login;
      if (state === 'logged_in') return server;
      if (state !== 'under_way') throw new HoldfastError('login_impossible', problem ?? 'The login was cancelled.');
      const address = await Promise.race([pasted?.next() ?? never, after(ASK_EVERY)]);
      if (address === null) continue;
      if (!URL.canParse(address)) say('Not an address. Paste the whole one, from "http" on:');
      else return (await admin.ask(`${path}/login/finish`, { method: 'POST', body: { address } })) as Server;
    }
  } finally {
    pasted?.close();
  }
}

const never = new Promise<never>(() => {});
const after = (delay: Ms): Promise<null> => new Promise((resolve) => setTimeout(() => resolve(null), delay));

/** Lines that are typed or pasted. */
function addressesFrom(input: NodeJS.ReadableStream): { next(): Promise<string>; close(): void } {
  const lines = createInterface({ input, terminal: false });
  const waiting: string[] = [];
  let take: ((line: string) => void) | null = null;
  lines.on('line', (line) => {
    const text = line.trim();
    if (text === '') return;
    if (take) take(text);
    else waiting.push(text);
    take = null;
  });
  let pending: Promise<string> | null = null;
  return {
    next() {
      const [first] = waiting.splice(0, 1);
      if (first !== undefined) return Promise.resolve(first);
      pending ??= new Promise<string>((resolve) => {
        take = resolve;
      }).finally(() => {
        pending = null;
      });
      return pending;
    },
    close() {
      lines.close();
      input.pause();
    },
  };
}
