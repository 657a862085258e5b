import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inTurns } from '../report/rows.mjs';
import { quantile } from '../report/statistics.mjs';
import { startChild } from '../support/child.mjs';
import { startHeadless } from '../support/headless.mjs';
import { ask, mustBe } from '../support/http.mjs';
import { connectMcp } from '../support/mcp.mjs';
import { createClient } from '../support/sessions.mjs';

/** @type {import('../report/rows.mjs').Bench} */
export const login = {
  name: 'login',
  title: 'Servers that want a login',
  boundMs: 300_000,
  async run(context) {
    const servers = context.amount(50, 5);
    const calls = context.amount(300, 50);
    const rival = await startChild(context, 'login-servers');
    const origin = await rival.call('origin');
    const names = Array.from({ length: servers }, (_, index) => `s${index}`);
    const entries = names.map((name) => [name, { url: `${origin}/mcp/${name}` }]);
    const mcpServers = { ...Object.fromEntries(entries), open: { url: `${origin}/open/open` } };
    const folder = await context.folder();
    writeFileSync(join(folder, 'servers.json'), JSON.stringify({ mcpServers }));
    const host = await startHeadless(context, folder);
    for (const name of names) await logIn(host, name);
    const client = await connectMcp(host.url, (await createClient(host)).client_key);
    for (const name of [...names, 'open']) await client.callTool(`${name}__echo`);

    const often = (/** @type {string} */ tool) => async () => {
      const ms = [];
      for (let call = 0; call < calls; call++) {
        const begin = performance.now();
        await client.callTool(tool);
        ms.push(performance.now() - begin);
      }
      return quantile(ms, 0.5);
    };
    const { ours, floor } = await inTurns(context.runs, { ours: often('s0__echo'), floor: often('open__echo') });

    const storms = [];
    const refreshes = [];
    let failed = 0;
    for (let run = 0; run < context.runs; run++) {
      await rival.call('expire');
      const begin = performance.now();
      const answers = await Promise.allSettled(names.map((name) => client.callTool(`${name}__echo`)));
      storms.push(performance.now() - begin);
      failed += answers.filter(({ status }) => status === 'rejected').length;
      refreshes.push((await rival.call('refreshes')).requests / servers);
    }
    const { reuses } = await rival.call('refreshes');
    if (failed > 0 || reuses > 0) throw new Error(`${failed} calls failed, ${reuses} refresh tokens were used twice`);
    return {
      rows: [
        {
          what: 'p50 of a call to a server with a login',
          unit: 'ms',
          ours,
          floor,
          relation: /** @type {const} */ ('cost'),
          beside: 'the same server without one',
          goals: [{ of: /** @type {const} */ ('ratio'), most: 1.1 }],
        },
        {
          what: `${servers} servers whose tokens are over, called at once, until all have answered`,
          unit: 'ms',
          ours: storms,
          goals: [],
        },
        {
          what: 'token requests for each of them',
          unit: '',
          ours: refreshes,
          goals: [{ of: /** @type {const} */ ('value'), most: 1 }],
        },
      ],
      notes: [
        `${calls} calls a run, one after the other, at /mcp. Refresh tokens work once; no call failed and none was used twice. A refresh is sent by a process of its own, which the first one starts.`,
      ],
    };
  },
};

/**
 * @param {import('../support/sessions.mjs').Address} host
 * @param {string} name
 */
async function logIn({ url, key }, name) {
  const begun = await ask(`${url}/api/mcp/servers/${name}/login`, { method: 'POST', key, body: {} });
  mustBe(begun, 200);
  const { headers } = await fetch(begun.body.url, { redirect: 'manual' });
  const page = await fetch(headers.get('location') ?? '');
  if (!page.ok) throw new Error(`the login of ${name} failed: ${page.status}`);
}
