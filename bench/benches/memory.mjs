import { setTimeout as delay } from 'node:timers/promises';
import { startProgram } from '../support/child.mjs';
import { residentMemory, startHeadless } from '../support/headless.mjs';
import { openMonitors } from '../support/monitors.mjs';
import { createClient, createSession } from '../support/sessions.mjs';

const CLIENTS = 10;
/** In this time every monitor gets two health updates, and the batched measurements are written. */
const SETTLE_MS = 11_000;
const EMPTY_MS = 1_000;

/** @type {import('../report/rows.mjs').Bench} */
export const memory = {
  name: 'memory',
  title: 'Resident memory of the headless host',
  boundMs: 180_000,
  async run(context) {
    const sessions = context.amount(1_000, 50);
    const monitors = context.amount(100, 10);
    /** @type {{ ours: number[], floor: number[] }} */
    const samples = { ours: [], floor: [] };
    /** @type {number[]} */
    const bare = [];
    for (let run = 0; run < context.runs; run++) {
      const idle = startProgram(context, process.execPath, ['-e', 'setInterval(() => {}, 1e6)'], context.runtime.env);
      const host = await startHeadless(context, await context.folder());
      await delay(EMPTY_MS);
      samples.floor.push(await residentMemory(host.pid));
      bare.push(await residentMemory(/** @type {number} */ (idle.child.pid)));
      await idle.stop();
      for (let index = 0; index < CLIENTS; index++) {
        const { client_key } = await createClient(host);
        for (let made = 0; made < sessions / CLIENTS; made++) await createSession(host.url, client_key);
      }
      await openMonitors(context, host, monitors);
      await delay(context.amount(SETTLE_MS, 1_000));
      samples.ours.push(await residentMemory(host.pid));
      await host.stop();
    }
    return {
      rows: [
        {
          what: `with ${sessions.toLocaleString('en-US')} sessions and ${monitors} monitors`,
          unit: 'MB',
          ...samples,
          relation: 'cost',
          beside: 'the same host, just started',
          goals: [{ of: 'value', most: 90 }],
        },
        {
          what: 'just started',
          unit: 'MB',
          ours: samples.floor,
          floor: bare,
          relation: 'cost',
          beside: 'a Node that does nothing',
        },
      ],
      notes: [
        `Each session was made by initialize and a tool call, with ${CLIENTS} clients; each monitor had been sent its snapshot and two health updates with all sessions. MB are 1,000,000 bytes.`,
      ],
    };
  },
};
