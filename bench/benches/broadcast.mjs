import { inTurns } from '../report/rows.mjs';
import { median } from '../report/statistics.mjs';
import { startChild } from '../support/child.mjs';
import { openMonitors, openSockets } from '../support/monitors.mjs';

/** @type {import('../report/rows.mjs').Bench} */
export const broadcast = {
  name: 'broadcast',
  title: 'One event to 1,000 monitors',
  boundMs: 120_000,
  async run(context) {
    const monitors = context.amount(1_000, 50);
    const events = context.amount(100, 10);
    const ours = await startChild(context, 'supervisor', { args: [await context.folder()] });
    const bare = await startChild(context, 'broadcast-floor');
    const ourMonitors = await openMonitors(context, await ours.call('address'), monitors);
    const bareMonitors = await openSockets(context, await bare.call('address'), monitors);
    await ourMonitors.deliver(() => ours.call('emit'));
    await bare.call('load', { text: ourMonitors.latest() });

    /**
     * @param {import('../support/child.mjs').Child} host
     * @param {import('../support/monitors.mjs').Monitors} listeners
     */
    const measure = (host, listeners) => async () => {
      const before = await host.cpu();
      const ms = [];
      for (let event = 0; event < events; event++) ms.push(await listeners.deliver(() => host.call('emit')));
      return { cpu: ((await host.cpu()) - before) / events / 1000, ms: median(ms) };
    };
    const [floorRun, ourRun] = [measure(bare, bareMonitors), measure(ours, ourMonitors)];
    await floorRun();
    await ourRun();
    const { floor, ours: mine } = await inTurns(context.runs, { floor: floorRun, ours: ourRun });
    const bytes = Buffer.byteLength(ourMonitors.latest());
    const beside = 'bare ws';
    return {
      rows: [
        {
          what: `processor time of the server for an event to ${monitors.toLocaleString('en-US')} monitors`,
          unit: 'ms',
          ours: mine.map(({ cpu }) => cpu),
          floor: floor.map(({ cpu }) => cpu),
          relation: 'speed',
          beside,
          goals: [{ of: 'ratio', least: 0.65 }],
        },
        {
          what: 'from the cause until the last monitor has the event',
          unit: 'ms',
          ours: mine.map(({ ms }) => ms),
          floor: floor.map(({ ms }) => ms),
          relation: 'speed',
          beside,
        },
      ],
      notes: [
        `Holdfast decides the event, commits it (synchronous=FULL) and sends ${bytes} bytes to each; bare ws sends the same bytes from a buffer in a loop. ${events} events a run, one after the other.`,
        'The monitors are in another process, on the same machine.',
      ],
    };
  },
};
