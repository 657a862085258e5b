import { inTurns } from '../report/rows.mjs';
import { startChild } from '../support/child.mjs';
import { ask, mustBe } from '../support/http.mjs';
import { createClient, createSession, listSessions } from '../support/sessions.mjs';

const SESSIONS = 32;

/** @type {import('../report/rows.mjs').Bench} */
export const reconnect = {
  name: 'reconnect',
  title: 'A full reconnect over HTTP',
  boundMs: 150_000,
  async run(context) {
    const times = context.amount(1_600, 160);
    const folderAndCount = async () => [await context.folder(), String(SESSIONS)];
    const bare = await startChild(context, 'floor-bare', { args: await folderAndCount() });
    const same = await startChild(context, 'floor-same', { args: await folderAndCount() });
    const ours = await startChild(context, 'supervisor', { args: [await context.folder()] });
    const holders = await prepare(await ours.call('address'));

    /**
     * @param {import('../support/child.mjs').Child} host
     * @param {() => Promise<unknown>} work
     */
    const measure = (host, work) => async () => {
      const before = await host.cpu();
      await work();
      return ((await host.cpu()) - before) / times;
    };
    const sides = {
      bare: measure(bare, () => bare.call('reconnect', { times })),
      same: measure(same, () => same.call('reconnect', { times })),
      together: measure(ours, () => reconnectAll(holders, times)),
      alone: measure(ours, () => reconnectAll(holders.slice(0, 1), times)),
    };
    for (const warmUp of Object.values(sides)) await warmUp();
    const samples = await inTurns(context.runs, sides);
    const common = { unit: 'µs', relation: /** @type {const} */ ('cost') };
    /** @type {import('../report/rows.mjs').Goal[]} */
    const goals = [{ of: 'ratio', most: 1.7 }];
    return {
      rows: [
        {
          what: `${SESSIONS} connections, same transaction`,
          ...common,
          ours: samples.together,
          beside: 'JWT, hash, the same transaction',
          floor: samples.same,
          goals,
        },
        {
          what: `${SESSIONS} connections, minimal transaction`,
          ...common,
          ours: samples.together,
          beside: 'JWT, hash, minimal transaction',
          floor: samples.bare,
          goals,
        },
        {
          what: 'one connection, same transaction',
          ...common,
          ours: samples.alone,
          beside: 'JWT, hash, the same transaction',
          floor: samples.same,
        },
      ],
      notes: [
        `Processor time of the server process, user and system, per reconnect; ${times.toLocaleString('en-US')} reconnects a run. Holdfast: POST .../reconnect over keep-alive connections, one session each, from another process: guard, client key, limits, JSON, token, transaction, live stream, answer.`,
        'The floors run in a plain loop: jose verifies the token and signs its successor, SHA-256 of both, and one transaction on the same tables and indexes with synchronous=FULL. "Same" commits what Holdfast commits, with the two history tables; "minimal" only reads the session, swaps it by compare-and-set and appends the event.',
      ],
    };
  },
};

/** @typedef {{ path: string, key: string, token: string }} Holder */

/**
 * Makes the sessions and their first tokens.
 *
 * @param {import('../support/sessions.mjs').Address} address
 * @returns {Promise<Holder[]>}
 */
async function prepare(address) {
  const { client_key: key } = await createClient(address);
  for (let index = 0; index < SESSIONS; index++) await createSession(address.url, key);
  const sessions = await listSessions({ url: address.url, key });
  if (sessions.length !== SESSIONS) throw new Error(`${sessions.length} sessions instead of ${SESSIONS}`);
  return Promise.all(
    sessions.map(async ({ session_id }) => {
      const path = `${address.url}/api/mcp/sessions/${session_id}`;
      const answer = await ask(`${path}/token`, { key });
      mustBe(answer, 200);
      return { path, key, token: answer.body.reconnect_token };
    }),
  );
}

/**
 * @param {Holder[]} holders all at once, each over a connection of its own
 * @param {number} times
 */
async function reconnectAll(holders, times) {
  await Promise.all(
    holders.map(async (holder) => {
      for (let index = 0; index < times / holders.length; index++) {
        const { path, key, token } = holder;
        const answer = await ask(`${path}/reconnect`, { method: 'POST', key, body: { token } });
        mustBe(answer, 200);
        holder.token = answer.body.reconnect_token;
      }
    }),
  );
}
