// The keeper: a separate process that owns the server processes and lets them outlive the supervisor. Plain JavaScript
// without packages: small, quick to start, and runnable both from the sources and from the build.
//
// Arguments: the file with the socket's address and the secret; after how many ms the keeper ends with neither children
// nor a supervisor; after how many ms it ends without a supervisor. Errors go to standard error, a log file next to
// that address file.
import { createHash, timingSafeEqual } from 'node:crypto';
import { chmodSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname } from 'node:path';
import { Door } from './door.js';
import { encodeText, FRAME, FrameReader, LONGEST_FRAME, PROTOCOL_VERSION } from './frames.js';
import { closeInherited } from './inherited.js';
import { KeptChild, startProcess } from './kept-child.js';
import { startedAt } from './process-group.js';
import { mayWait } from './waiting-output.js';

/** @import { Socket } from 'node:net' */
/** @import { HelloRequest, KeeperReplies, KeeperRequest, MindRequest, Numbered, SpawnRequest, Unproven } from './keeper-messages' */

const HELLO_LIMIT_MS = 2000;
const HELLO_LIMIT_BYTES = 64 * 1024;
const STARTED_AT = Date.now();

const file = process.argv[2] ?? '';
const idleMs = Number(process.argv[3] ?? 60_000);
const aloneMs = Number(process.argv[4] ?? 600_000);
// The file is in a subfolder of the data folder.
closeInherited(dirname(dirname(file)));
/** @type {{ socket: string, secret: string }} */
const { socket: address, secret } = JSON.parse(readFileSync(file, 'utf8'));

/** @param {unknown} text */
const digest = (text) => createHash('sha256').update(String(text)).digest();
const secretDigest = digest(secret);
const pidStarted = startedAt(process.pid);

/** Children by number. @type {Map<number, KeptChild>} */
const children = new Map();
const door = new Door();
let lastNumber = 0;
let isStopping = false;
/** The connected supervisor; there is at most one. @type {Connection | null} */
let owner = null;
/** @type {NodeJS.Timeout | undefined} */
let idleTimer;
/** @type {NodeJS.Timeout | undefined} */
let aloneTimer;

/** Starts or clears the two timers after which the keeper ends by itself. */
function watch() {
  if (owner !== null || children.size > 0) idleTimer = void clearTimeout(idleTimer);
  else idleTimer ??= setTimeout(stop, idleMs);
  if (owner !== null) aloneTimer = void clearTimeout(aloneTimer);
  else aloneTimer ??= setTimeout(stop, aloneMs);
}

/** Ends the children, within 5 s, and then the keeper. */
async function stop() {
  if (isStopping) return;
  isStopping = true;
  await Promise.all(Array.from(children.values(), (child) => child.end()));
  server.close();
  process.exit(0);
}

class Connection {
  pid = 0;
  #socket;
  #reader = new FrameReader((type, child, payload) => this.#take(type, child, payload), HELLO_LIMIT_BYTES);
  #helloLimit;
  /** Whether the peer has shown that it knows the secret. */
  #isTrusted = false;

  /** @param {Socket} socket */
  constructor(socket) {
    this.#socket = socket;
    this.#helloLimit = setTimeout(() => socket.destroy(), HELLO_LIMIT_MS);
    socket.on('data', (bytes) => {
      try {
        this.#reader.push(bytes);
      } catch {
        // Either not a supervisor or a confused one, which will reconnect.
        socket.destroy();
      }
    });
    socket.on('error', () => {});
    socket.on('close', () => this.#closed());
  }

  /**
   * @param {unknown} id - of the request
   * @param {KeeperReplies[keyof KeeperReplies] | { error: 'unknown' }} values
   */
  #reply(id, values) {
    this.#socket.write(encodeText(FRAME.reply, 0, JSON.stringify({ id, ...values })));
  }

  /**
   * @param {number} type
   * @param {number} number - of the child
   * @param {Buffer} payload
   */
  #take(type, number, payload) {
    if (type === FRAME.request) return this.#request(JSON.parse(payload.toString()));
    if (owner !== this) throw new Error('Not the supervisor.');
    const child = children.get(number);
    if (type === FRAME.line) child?.write(payload);
    else if (type === FRAME.acknowledge) child?.acknowledge(payload.readUInt32LE(0));
    else if (type === FRAME.adopt) child?.adopt(this.#socket);
    else if (type === FRAME.forget) forget(number);
  }

  /** @param {Unproven<Numbered<HelloRequest>>} message */
  #request(message) {
    if (message.do === 'hello') return this.#reply(message.id, this.#hello(message));
    if (!this.#isTrusted) throw new Error('Not a supervisor.');
    const request = /** @type {Numbered<KeeperRequest>} */ (message);
    const { id } = request;
    if (request.do === 'stop') return void this.#stop(id);
    if (owner !== this) throw new Error('Not the supervisor.');
    if (request.do === 'spawn') return void this.#spawn(request);
    if (request.do === 'end') return void this.#end(request);
    if (request.do === 'stderr') {
      const child = children.get(request.number);
      return this.#reply(id, { lines: child?.stderr ?? [], times: child?.stderrTimes ?? [] });
    }
    if (request.do === 'release') return this.#release(id);
    if (request.do === 'mind') return void this.#mind(request);
    if (request.do === 'pass' || request.do === 'open_door' || request.do === 'free_port') {
      return void this.#door(request);
    }
    this.#reply(id, { error: 'unknown' });
  }

  /**
   * @param {Unproven<HelloRequest>} message
   * @returns {KeeperReplies['hello']}
   */
  #hello(message) {
    if (!timingSafeEqual(digest(message.secret), secretDigest)) return { error: 'secret' };
    this.#isTrusted = true;
    const request = /** @type {HelloRequest} */ (message);
    const self = { pid: process.pid, pid_started: pidStarted };
    if (request.version !== PROTOCOL_VERSION) return { error: 'version', ...self, count: children.size };
    if (owner !== null) return { error: 'taken', pid: owner.pid };
    if (isStopping) return { error: 'stopping' };
    clearTimeout(this.#helloLimit);
    this.#reader.limit = LONGEST_FRAME;
    this.pid = request.pid;
    owner = this;
    watch();
    const found = Array.from(children.values(), (child) => ({
      number: child.number,
      child_id: child.childId,
      pid: child.pid,
      pid_started: child.pidStarted,
    }));
    return { ...self, started_at: STARTED_AT, children: found };
  }

  /** @param {Numbered<SpawnRequest>} request */
  async #spawn({ id, child_id, target }) {
    try {
      const started = await startProcess(target);
      lastNumber += 1;
      const child = new KeptChild(lastNumber, child_id, started, target.env, () => mayWait(children.values()));
      children.set(child.number, child);
      if (isStopping) return void child.kill();
      watch();
      this.#reply(id, { number: child.number, pid: child.pid, pid_started: child.pidStarted });
      if (owner === this) child.adopt(this.#socket);
    } catch (cause) {
      const { code = '', message } = /** @type {NodeJS.ErrnoException} */ (cause);
      this.#reply(id, { error: 'spawn', code, message });
    }
  }

  /** @param {{ id: number, number: number }} request */
  async #end({ id, number }) {
    await children.get(number)?.end();
    forget(number);
    this.#reply(id, {});
  }

  /**
   * The supervisor is leaving on purpose.
   * @param {number} id
   */
  #release(id) {
    this.#reply(id, {});
    this.#socket.end();
    // A keeper that minds the door ends a while after that.
    if (children.size === 0 && !door.isMinded) void stop();
  }

  /** @param {Numbered<MindRequest>} request */
  async #mind({ id, port }) {
    this.#reply(id, { passed: await door.mind(port) });
  }

  /** @param {{ id: number, do: 'pass' | 'open_door' | 'free_port' }} request */
  async #door({ id, do: what }) {
    if (what === 'pass') door.pass();
    else if (what === 'open_door') await door.open(this.pid);
    else await door.release();
    this.#reply(id, {});
  }

  /** @param {number} id */
  async #stop(id) {
    await Promise.all(Array.from(children.values(), (child) => child.end()));
    this.#reply(id, {});
    this.#socket.end(() => void stop());
  }

  #closed() {
    clearTimeout(this.#helloLimit);
    if (owner !== this) return;
    owner = null;
    void door.open(this.pid);
    for (const child of children.values()) child.abandon();
    watch();
  }
}

/** @param {number} number */
function forget(number) {
  children.delete(number);
  watch();
}

const server = createServer((socket) => new Connection(socket));
server.on('error', (error) => {
  console.error(`The keeper cannot listen: ${error.message}`);
  process.exit(1);
});
server.listen(address, () => {
  if (process.platform !== 'win32') chmodSync(address, 0o600);
  watch();
});

for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, () => void stop());
process.on('SIGHUP', () => {});
process.on('uncaughtException', (error) => {
  console.error(error);
  for (const child of children.values()) child.kill();
  process.exit(1);
});
