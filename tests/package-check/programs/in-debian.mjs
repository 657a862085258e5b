// Runs as root inside a bare Debian: installs Holdfast, uses it as an ordinary user, kills, upgrades, downgrades and removes
// it. Prints one line of JSON for each thing that it looked at: {what, seen}. The test outside says what is right.
//
// Arguments: a folder with one.deb, later.deb, other.deb (another protocol with the keeper) and perhaps the same as .rpm;
// a free port. /repo is the repository.
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import SqliteDatabase from 'better-sqlite3';

const run = promisify(execFile);
const [folder = '', port = ''] = process.argv.slice(2);
const [deb, later, other] = [`${folder}/one.deb`, `${folder}/later.deb`, `${folder}/other.deb`];
const USER = 'somebody';
const HOME = `/home/${USER}`;
const DATA = `${HOME}/.config/Holdfast`;
const OUTPUT = `${HOME}/bridge.out`;
const LIMIT_MS = 20_000;
const env = { PATH: '/usr/local/bin:/usr/bin:/bin', HOME, LANG: 'C.UTF-8', DISPLAY: '', HOLDFAST_PORT: port };
const trust = { HOLDFAST_TRUST_SERVERS: '1', HOLDFAST_SECRETS: 'file' };

/** @param {string} what @param {unknown} seen */
const say = (what, seen) => process.stdout.write(`${JSON.stringify({ what, seen })}\n`);

/** @param {readonly string[]} words @returns {string[]} the command that runs them as the ordinary user */
const asUser = (...words) => ['--reuid', USER, '--regid', USER, '--clear-groups', ...words];

/** @param {string} command @param {readonly string[]} args @returns {Promise<{ code: number, text: string }>} */
const outcome = (command, args) =>
  run(command, [...args], {
    env: { ...env, ...trust, PATH: `${env.PATH}:/usr/sbin:/sbin`, DEBIAN_FRONTEND: 'noninteractive' },
    maxBuffer: 1e8,
    timeout: 300_000,
  }).then(
    ({ stdout, stderr }) => ({ code: 0, text: stdout + stderr }),
    ({ code, stdout, stderr }) => ({ code, text: stdout + stderr }),
  );
const command = (/** @type {string[]} */ ...words) => outcome('setpriv', asUser('holdfast', ...words));
const apt = (/** @type {string[]} */ ...words) => outcome('apt-get', ['-y', '--no-install-recommends', ...words]);

/** @returns {{ pid: number, words: string }[]} processes of the installed program */
function ours() {
  const found = [];
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      if (!readlinkSync(`/proc/${pid}/exe`).startsWith('/usr/lib/holdfast/')) continue;
      found.push({
        pid: Number(pid),
        words: readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim(),
      });
    } catch {
      // It has ended.
    }
  }
  return found;
}
const keeper = () => ours().find(({ words }) => words.includes('/keeper.js'))?.pid;

/** @param {string} what @param {() => unknown} look waits until it is true */
async function until(what, look) {
  const deadline = performance.now() + LIMIT_MS;
  while (!(await look())) {
    if (performance.now() > deadline) throw new Error(`not within ${LIMIT_MS} ms: ${what}`);
    await delay(50);
  }
}

/** @returns {Promise<any>} what Holdfast says of itself, if it answers */
const health = () =>
  fetch(`http://127.0.0.1:${port}/api/mcp/health`, { signal: AbortSignal.timeout(500) }).then(
    (answer) => (answer.ok ? answer.json() : undefined),
    () => undefined,
  );

async function start() {
  const app = spawn('setpriv', asUser('holdfast'), {
    env: { ...env, ...trust },
    stdio: ['ignore', 'ignore', 'ignore'],
  });
  await until('Holdfast answers', async () => (await health()) !== undefined && ours().some(isPage));
  return app;
}
const isPage = (/** @type {{ words: string }} */ { words }) => words.includes('--type=renderer');

/** @param {import('node:child_process').ChildProcess} app */
const gone = (app) => until('the app has ended', () => app.exitCode !== null || app.signalCode !== null);

/** A client that speaks over the bridge; what the bridge prints is kept beside it. */
async function connect() {
  const client = new Client({ name: 'package-check', version: '1' });
  const words = asUser('sh', '-c', `holdfast bridge | tee -a ${OUTPUT}`);
  await client.connect(new StdioClientTransport({ command: 'setpriv', args: words, env }));
  return client;
}

/** @param {Client} client @param {string} name @returns {Promise<any>} */
async function call(client, name) {
  const { content, structuredContent } = /** @type {any} */ (await client.callTool({ name, arguments: {} }));
  return structuredContent ?? JSON.parse(content[0].text);
}

/** @param {Client} client what the client finds at this point */
async function state(client) {
  const { n, pid } = await call(client, 'counter__count');
  const { session } = await call(client, 'session_info');
  return { n, server: pid, keeper: keeper(), session: session.session_id, version: (await health())?.version };
}

await apt('update');
const installed = await apt('install', deb);
say('install', { code: installed.code, end: installed.text.slice(-2_000) });
if (installed.code !== 0) throw new Error(installed.text);
const files = ['/usr/lib/holdfast/holdfast', '/usr/lib/holdfast/chrome-sandbox'];
say(
  'libraries',
  (await outcome('ldd', files)).text.split('\n').filter((line) => line.includes('not found')),
);
say('desktop file', await outcome('desktop-file-validate', ['/usr/share/applications/holdfast.desktop']));

await run('useradd', ['-m', '-s', '/bin/sh', USER]);
mkdirSync(DATA, { recursive: true });
const counter = { command: '/usr/local/bin/node', args: ['/repo/tests/support/servers/counter-server.mjs'] };
writeFileSync(`${DATA}/servers.json`, JSON.stringify({ mcpServers: { counter } }));
await run('chown', ['-R', `${USER}:${USER}`, HOME]);
const screen = ['-displayfd', '1', '-screen', '0', '1280x900x24', '-nolisten', 'tcp'];
const display = spawn('Xvfb', screen, { stdio: ['ignore', 'pipe', 'ignore'] });
const [number] = await once(display.stdout, 'data', { signal: AbortSignal.timeout(LIMIT_MS) });
env.DISPLAY = `:${String(number).trim()}`;

let app = await start();
const pages = ours().filter(isPage);
say('sandbox', {
  off: ours().filter(({ words }) => words.includes('--no-sandbox')),
  seccomp: pages.map(({ pid }) => /Seccomp:\s*(\d)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]),
});
const client = await connect();
say('first', await state(client));

const isMain = (/** @type {{ words: string }} */ { words }) =>
  words.startsWith('/usr/lib/holdfast/holdfast ') && !/ --type=|\/keeper\.js /.test(words);
const main = ours().find(isMain);
process.kill(main?.pid ?? 0, 'SIGKILL');
await gone(app);
app = await start();
say('killed', await state(client));

const upgrade = await apt('install', later);
say('upgrade', { code: upgrade.code, end: upgrade.text.slice(-2_000) });
say('upgraded, still running', await state(client));
say('quit', await command('quit'));
await gone(app);
app = await start();
say('upgraded, started again', await state(client));
await command('quit');
await gone(app);

const version = (/** @type {number} */ change) => {
  const db = new SqliteDatabase(`${DATA}/holdfast.db`);
  db.pragma(`user_version = ${Number(db.pragma('user_version', { simple: true })) + change}`);
  db.close();
};
const downgrade = await apt('install', '--allow-downgrades', deb);
say('downgrade', { code: downgrade.code });
version(1);
say('newer database', await command('headless'));
version(-1);
await run('chown', ['-R', `${USER}:${USER}`, DATA]);
app = await start();
say('downgraded', await state(client));

const before = ours().filter(({ words }) => words.includes('/keeper.js'));
await apt('install', other);
await command('quit');
await gone(app);
app = await start();
say('other protocol', await state(client));
await apt('install', '--allow-downgrades', deb);
await command('quit');
await gone(app);
app = await start();
const last = await state(client);
say('back from it', last);
const isBefore = (/** @type {{ pid: number }} */ { pid }) => before.some((one) => one.pid === pid);
say('old ones', ours().filter(isBefore));

const removed = await apt('remove', 'holdfast');
say('remove', { code: removed.code, end: removed.text.slice(-2_000) });
await gone(app);
say('left', {
  processes: ours(),
  server: existsSync(`/proc/${last.server}`),
  files: existsSync('/usr/lib/holdfast') ? readdirSync('/usr/lib/holdfast') : [],
  data: readdirSync(DATA).sort(),
});
await client.close().catch(() => {});

if (existsSync(`${folder}/one.rpm`)) {
  // The libraries are here, as packages that rpm does not know.
  say('rpm installed', await outcome('rpm', ['-i', '--nodeps', `${folder}/one.rpm`]));
  app = await start();
  const renewed = await outcome('rpm', ['-U', '--nodeps', `${folder}/other.rpm`]);
  say('rpm upgraded', { ...renewed, runs: (await health()) !== undefined });
  // There is no keeper yet, and the one that the older version finds now speaks another protocol.
  const late = await connect();
  const asked = late.callTool({ name: 'counter__count', arguments: {} });
  say('older version, newer keeper', await asked.then(JSON.stringify, String));
  await late.close();
  const erased = await outcome('rpm', ['-e', '--nodeps', 'holdfast']);
  await gone(app);
  const files = existsSync('/usr/lib/holdfast') ? readdirSync('/usr/lib/holdfast') : [];
  say('rpm removed', { ...erased, processes: ours(), files });
}
const lines = readFileSync(OUTPUT, 'utf8').trim().split('\n');
const isJson = (/** @type {string} */ line) => {
  try {
    return JSON.parse(line) !== undefined;
  } catch {
    return false;
  }
};
say('bridge', { lines: lines.length, odd: lines.filter((line) => !isJson(line)) });
display.kill();
process.exit(0);
