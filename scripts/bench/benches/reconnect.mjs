// @ts-check
import { mustBe } from '../../doctor/failure.mjs';
import { ask } from '../../doctor/http.mjs';
import { startChild } from '../child.mjs';
import { paired } from '../rows.mjs';
import { createClient, createSession, listSessions } from '../sessions.mjs';

const SESSIONS = 8;

/** @type {import('../rows.mjs').Bench} */
export const reconnect = {
  name: 'reconnect',
  title: 'A full reconnect over HTTP',
  boundMs: 120_000,
  async run(context) {
    const times = context.amount(1_000, 80);
    const bare = await startChild(context, 'reconnect-floor', { args: [await context.folder(), String(SESSIONS)] });
    const ours = await startChild(context, 'supervisor', { args: [await context.folder()] });
    const reconnectAll = await prepare(await ours.call('address'));

    /**
     * @param {import('../child.mjs').Child} host
     * @param {() => Promise<unknown>} work
     */
    const measure = (host, work) => async () => {
      const before = await host.cpu();
      await work();
      return ((await host.cpu()) - before) / times;
    };
    const floorRun = measure(bare, () => bare.call('reconnect', { times }));
    const ourRun = measure(ours, () => reconnectAll(times));
    await floorRun();
    await ourRun();
    const samples = await paired(context.runs, floorRun, ourRun);
    return {
      rows: [
        {
          what: 'processor time of the server per reconnect',
          unit: 'µs',
          ...samples,
          ...{ relation: 'cost', beside: 'bare floor', goals: [{ of: 'ratio', most: 1.7 }] },
        },
      ],
      notes: [
        `Holdfast: POST .../reconnect over ${SESSIONS} keep-alive connections, one session each, ${times} reconnects a run: guard, client key, limits, JSON, token, transaction with history, live stream, answer. The client is another process.`,
        'Floor: jose verifies the token and signs its successor, SHA-256 of both, and one transaction (synchronous=FULL, same tables and indexes) with select, compare-and-set update and event insert, in a plain loop. It keeps no history (two rollup tables), which Holdfast does in the same transaction.',
      ],
    };
  },
};

/**
 * Makes the sessions and their first tokens.
 *
 * @param {import('../sessions.mjs').Address} address
 * @returns {Promise<(times: number) => Promise<void>>} does that many reconnects, all sessions at once
 */
async function prepare(address) {
  const { client_key } = await createClient(address);
  for (let index = 0; index < SESSIONS; index++) await createSession(address.url, client_key);
  const sessions = await listSessions({ url: address.url, key: client_key });
  if (sessions.length !== SESSIONS) throw new Error(`${sessions.length} sessions instead of ${SESSIONS}`);
  const holders = await Promise.all(
    sessions.map(async ({ session_id }) => {
      const path = `${address.url}/api/mcp/sessions/${session_id}`;
      const answer = await ask(`${path}/token`, { key: client_key });
      mustBe(answer, 200);
      return { path, token: answer.body.reconnect_token };
    }),
  );
  return async (times) => {
    await Promise.all(
      holders.map(async (holder) => {
        for (let index = 0; index < times / SESSIONS; index++) {
          const body = { token: holder.token };
          const answer = await ask(`${holder.path}/reconnect`, { method: 'POST', key: client_key, body });
          mustBe(answer, 200);
          holder.token = answer.body.reconnect_token;
        }
      }),
    );
  };
}
