import { afterEach, describe, expect, test } from 'vitest';
import { counter } from '../../support/servers';
import { Upstream, type UpstreamOptions } from './support';

let upstream: Upstream;
afterEach(() => upstream?.remove());

const start = async (...configs: UpstreamOptions['configs']): Promise<Upstream> => {
  upstream = await Upstream.start({ configs });
  return upstream;
};

describe('a server of one session', () => {
  test('is started by the first initialize, answers it and counts its calls', async () => {
    await start(counter('one'));
    const end = await upstream.end('one', 's_1');
    expect(upstream.eventsOf('server_started')).toHaveLength(0);
    const { result } = await end.initialize();
    expect(result).toMatchObject({ serverInfo: { name: 'counter' }, capabilities: { tools: {} } });
    expect(await end.call('count')).toMatchObject({ n: 1 });
    expect(await end.call('count')).toMatchObject({ n: 2 });
    const { payload, session_id } = await upstream.event('server_started');
    expect(payload).toMatchObject({
      server: 'one',
      cause: 'use',
      state_lost: false,
      pid: (await end.call('peek')).pid,
    });
    expect(session_id).toBeNull();
    expect(upstream.eventsOf('keeper_started')).toHaveLength(1);
  });
});
