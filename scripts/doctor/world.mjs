// @ts-check

/** A check could not be run because an earlier one failed. */
export class NotRun extends Error {}

/**
 * @typedef {{ client_id: string, client_key: string }} DoctorClient
 * @typedef {object} Things what one check leaves for those after it
 * @property {true} alive the endpoint has answered as Holdfast
 * @property {DoctorClient} client
 * @property {DoctorClient} stranger another client, to whom the first one's sessions are none of its business
 * @property {import('./mcp.mjs').McpClient} mcp
 * @property {string} session
 * @property {string} secondSession
 * @property {string} token the newest token of `session`
 * @property {string} usedToken a token of `session` that was used twice removed
 * @property {string} secondToken the newest token of `secondSession`
 * @property {import('./monitor.mjs').Monitor} monitor
 */

/** The running Holdfast, and what the checks have made of it so far. */
export class World {
  /** @type {Partial<Things>} */
  #things = {};
  /** @type {Set<string>} */
  #secrets = new Set();
  #adminKey;

  /** @param {import('./find.mjs').Running} running */
  constructor({ url, version, pid, admin_key }) {
    this.url = url;
    this.version = version;
    this.pid = pid;
    this.#adminKey = this.secret(admin_key);
  }

  /** The key that creates and removes clients. Only for an endpoint that has shown to be Holdfast. */
  get adminKey() {
    this.need('alive');
    return this.#adminKey;
  }

  /**
   * @template {keyof Things} K
   * @param {K} name
   * @returns {Things[K]}
   * @throws {NotRun} when the check that makes it failed
   */
  need(name) {
    const thing = this.#things[name];
    if (thing === undefined) throw new NotRun('not run, because an earlier check failed');
    return /** @type {Things[K]} */ (thing);
  }

  /** @param {Partial<Things>} things */
  keep(things) {
    Object.assign(this.#things, things);
  }

  /** @returns {Readonly<Partial<Things>>} whatever there is, for tidying up */
  get things() {
    return this.#things;
  }

  /**
   * Remembers a secret, so that it is never printed.
   *
   * @param {string} text
   */
  secret(text) {
    this.#secrets.add(text);
    return text;
  }

  /** @param {string} text */
  withoutSecrets(text) {
    let clean = text;
    for (const secret of this.#secrets) clean = clean.replaceAll(secret, '(secret)');
    return clean;
  }
}
