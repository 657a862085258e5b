import { describe, expect } from 'vitest';
import { createActivityHandlers } from '#src/main/window-api/activity-handlers';
import { activityQuerySchema, type Moment, momentSchema } from '#src/shared/contract/activity';
import { McpHttp } from '#tests/support/clients/mcp-http';
import { type McpHost, mcpTest } from '#tests/support/hosts/mcp-host';
import { counter, ListedConfigs } from '#tests/support/servers/configs';

/** What the window is told of the seconds around a call, with real servers that write to standard error. */

const test = mcpTest
  .extend('hostOptions', { servers: new ListedConfigs(counter('counter'), counter('other', { policy: 'shared' })) })
  .extend('client', async ({ host, owner }) => {
    const client = new McpHttp(host, owner.key);
    await client.initialize();
    return client;
  });

async function momentOf(host: McpHost, text: string): Promise<Moment> {
  host.services.activity.flush();
  const { activity } = await host.services.store.activity.page(activityQuerySchema.parse({ text }));
  const { moment } = await createActivityHandlers(host.services)['activity.around']({
    activity_id: activity[0]?.activity_id ?? 0,
  });
  return momentSchema.parse(moment);
}

const PATIENCE = { timeout: 15_000, interval: 20 };
const words = ({ output }: Moment): string[] => output.map(({ text }) => text);

describe('the seconds around a call', () => {
  test('have what its server wrote, and not what others wrote', async ({ host, client }) => {
    await client.call('other__say', { text: 'from the other' });
    await client.call('counter__say', { text: 'hello' });
    await expect.poll(async () => words(await momentOf(host, 'counter__say')), PATIENCE).toEqual(['hello']);
    const { activity, events, output } = await momentOf(host, 'counter__say');
    expect(output[0]?.pid).toBe(activity.pid);
    expect(output[0]?.at).toBeGreaterThanOrEqual(activity.at);
    const started = events.filter(({ kind }) => kind === 'server_started');
    expect(started.map(({ payload }) => payload)).toMatchObject([{ server: 'counter' }]);
    expect(events.map(({ kind }) => kind)).not.toContain('call_completed');
    expect(events.map(({ at }) => at)).toEqual(events.map(({ at }) => at).toSorted((a, b) => a - b));
  });

  test('have the last words of a process that has ended since', async ({ host, client }) => {
    await client.call('counter__say', { text: 'out of memory' });
    await client.call('counter__crash', { code: 3 });
    await client.call('counter__peek');
    await expect.poll(async () => words(await momentOf(host, 'counter__crash')), PATIENCE).toContain('out of memory');
    const { activity, events, output } = await momentOf(host, 'counter__crash');
    expect(output.find(({ text }) => text === 'out of memory')?.pid).toBe(activity.pid);
    expect(events.map(({ kind }) => kind)).toContain('server_stopped');
  });

  test('are nobody’s when the call is not kept', async ({ host }) => {
    const around = createActivityHandlers(host.services)['activity.around'];
    expect(await around({ activity_id: 4711 })).toEqual({ moment: null });
  });
});
