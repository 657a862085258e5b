// The door: while no supervisor is there, the keeper listens on the endpoint's port and holds what comes in, so that
// clients wait for the next supervisor instead of failing. It interprets nothing. The next supervisor takes the port
// back and gets the held connections, byte by byte, through connections of the keeper's own.
import { connect, createServer } from 'node:net';
import { isDead } from './process-group.js';

/** @import { Server, Socket } from 'node:net' */
/** @import { PassedConnection } from './keeper-messages' */

/** The addresses of the endpoint. */
const ADDRESSES = ['127.0.0.1', '::1'];
/** How long the door is minded after a supervisor has gone, in ms. Held connections are closed then. */
const MINDED_MS = 30_000;
const MOST_CONNECTIONS = 256;
/** Most bytes that are held in all. The connection with the byte too many is closed. */
const MOST_BYTES = 8 * 1024 * 1024;
/** A supervisor that was killed may have its port for a moment longer than its connection to the keeper, in ms. */
const LAST_BREATH_MS = 1000;
/** How long a connection to the endpoint may take, in ms. */
const CONNECT_MS = 1000;

/** @typedef {{ client: Socket, address: string, chunks: Buffer[], bytes: number }} Held */

export class Door {
  /** The port to mind; 0 for none. */
  #port = 0;
  /** @type {Server[]} */
  #servers = [];
  /** Connections that wait for a supervisor. @type {Set<Held>} */
  #held = new Set();
  /** Connections to the endpoint that are to be joined with held ones. @type {Map<Held, Socket>} */
  #ready = new Map();
  #bytes = 0;
  /** How many connections have been handed over and still live. */
  #passed = 0;
  /** @type {NodeJS.Timeout | undefined} */
  #limit;
  /** Changes when what is being opened is no longer wanted. */
  #turn = 0;

  /** Whether the door is open or connections wait behind it. */
  get isMinded() {
    return this.#limit !== undefined;
  }

  /**
   * Names the port to mind once the supervisor is gone. Connections that were held for this port are connected with it;
   * {@link pass} lets them speak. Those held for another port are closed.
   * @param {number} port - 0 for none: the supervisor was quit by a person
   * @returns {Promise<PassedConnection[]>}
   */
  async mind(port) {
    await this.release();
    const held = port === this.#port ? [...this.#held] : [];
    this.#port = port;
    const connected = await Promise.all(held.map((one) => this.#connect(one)));
    this.#limit = void clearTimeout(this.#limit);
    for (const one of this.#held) if (!this.#ready.has(one)) one.client.destroy();
    return connected.flatMap((one) => one ?? []);
  }

  /** Joins the held connections with the endpoint. */
  pass() {
    for (const [held, upstream] of this.#ready) this.#join(held, upstream);
    this.#ready.clear();
  }

  /**
   * Opens the door unless it is open, or there is no port to mind. Where another program has the port, nothing happens.
   * @param {number} pid - of the supervisor that had the port
   */
  async open(pid) {
    if (this.#port === 0) return;
    // A start that fails after this supervisor's time must not make the wait longer.
    this.#limit ??= setTimeout(() => this.close(), MINDED_MS);
    if (this.#servers.length > 0) return;
    this.#turn += 1;
    const turn = this.#turn;
    const until = performance.now() + LAST_BREATH_MS;
    for (let wait = 5; ; wait = Math.min(wait * 2, 100)) {
      // Once the process is dead, its port is free: if not, another program has it.
      const isLast = isDead(pid) || performance.now() > until;
      const isOpen = await this.#listen(turn);
      if (isOpen || isLast || turn !== this.#turn) return;
      await new Promise((resolve) => setTimeout(resolve, wait));
      if (turn !== this.#turn) return;
    }
  }

  /** Stops listening. Held connections stay. Resolves when the port is free. */
  async release() {
    this.#turn += 1;
    await closeAll(this.#servers.splice(0));
  }

  /** Stops listening, closes the held connections and minds no port any more. */
  close() {
    this.#limit = void clearTimeout(this.#limit);
    this.#port = 0;
    void this.release();
    for (const { client } of this.#held) client.destroy();
  }

  /**
   * @param {number} turn
   * @returns {Promise<boolean>} false when another program has the port
   */
  async #listen(turn) {
    /** @type {Server[]} */
    const servers = [];
    for (const address of ADDRESSES) {
      const server = createServer({ allowHalfOpen: true }, (client) => this.#hold(client, address));
      const code = await new Promise((resolve) => {
        server.once('error', (/** @type {NodeJS.ErrnoException} */ error) => resolve(error.code));
        server.listen({ host: address, port: this.#port, exclusive: true }, () => resolve(null));
      });
      server.on('error', () => {});
      if (code === null) servers.push(server);
      const isMissing = code === 'EADDRNOTAVAIL' || code === 'EAFNOSUPPORT';
      const isInVain = code !== null && !(isMissing && address !== ADDRESSES[0]);
      if (!isInVain && turn === this.#turn) continue;
      await closeAll(servers);
      return false;
    }
    this.#servers = servers;
    return true;
  }

  /**
   * @param {Socket} client
   * @param {string} address - where it came in
   */
  #hold(client, address) {
    client.on('error', () => {});
    if (this.#held.size + this.#passed >= MOST_CONNECTIONS) return void client.destroy();
    client.setNoDelay(true);
    /** @type {Held} */
    const held = { client, address, chunks: [], bytes: 0 };
    this.#held.add(held);
    client.on('data', (bytes) => {
      if (!this.#held.has(held)) return;
      if (this.#bytes + bytes.length > MOST_BYTES) return void client.destroy();
      held.chunks.push(bytes);
      held.bytes += bytes.length;
      this.#bytes += bytes.length;
    });
    // Nobody would read the answer of a client that has left, so its request is not made.
    client.on('end', () => this.#held.has(held) && client.destroy());
    client.on('close', () => {
      this.#drop(held);
      this.#ready.get(held)?.destroy();
      this.#ready.delete(held);
    });
  }

  /** @param {Held} held */
  #drop(held) {
    if (this.#held.delete(held)) this.#bytes -= held.bytes;
  }

  /**
   * @param {Held} held
   * @returns {Promise<PassedConnection | null>}
   */
  #connect(held) {
    const { client, address } = held;
    const from = { port: client.remotePort ?? 0, address: client.remoteAddress ?? address };
    return new Promise((resolve) => {
      const upstream = connect({ host: address, port: this.#port, noDelay: true, allowHalfOpen: true });
      const limit = setTimeout(() => upstream.destroy(), CONNECT_MS);
      upstream.on('error', () => {});
      upstream.once('close', () => {
        clearTimeout(limit);
        client.destroy();
        resolve(null);
      });
      upstream.once('connect', () => {
        clearTimeout(limit);
        if (client.destroyed) return void upstream.destroy();
        this.#ready.set(held, upstream);
        resolve({ local_port: upstream.localPort ?? 0, peer_port: from.port, peer_address: from.address });
      });
    });
  }

  /**
   * @param {Held} held
   * @param {Socket} upstream
   */
  #join(held, upstream) {
    const { client, chunks } = held;
    this.#drop(held);
    this.#passed += 1;
    client.removeAllListeners('data');
    client.once('close', () => {
      this.#passed -= 1;
      upstream.destroy();
    });
    upstream.removeAllListeners('close');
    // What has arrived is still sent.
    upstream.once('close', (hadError) => (hadError ? client.destroy() : client.destroySoon()));
    for (const chunk of chunks.splice(0)) upstream.write(chunk);
    client.pipe(upstream);
    upstream.pipe(client);
  }
}

/** @param {readonly Server[]} servers */
async function closeAll(servers) {
  // Not waited for by `close`: the connections that were accepted. The port is free at once.
  for (const server of servers) server.close();
  await new Promise((resolve) => setImmediate(resolve));
}
