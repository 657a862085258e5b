import { describe, expect } from 'vitest';
import type { StdioTarget } from '#src/main/upstream/upstream-ports';
import { processes } from '#tests/integration/keeper/support';
import { counter } from '#tests/support/servers/configs';
import { eventually, isAlive, upstreamTest as test } from './support';

const COUNT = 200;
/** Answers every request the same way; a shell starts in a millisecond and is small. */
const SHELL_SERVER = `while read -r line; do
  case "$line" in
    *'"id":'*) id=\${line#*'"id":'}; id=\${id%%,*}
      printf '{"jsonrpc":"2.0","id":%s,"result":{"protocolVersion":"2025-11-25","capabilities":{},"serverInfo":{"name":"shell","version":"1"}}}\\n' "$id";;
  esac
done`;

const session = (number: number): string => `s_${String(number).padStart(22, '0')}`;

/** Processes whose parent is the keeper, zombies included. */
const childrenOf = (keeper: number): number[] =>
  processes().flatMap(({ pid, parent }) => (parent === keeper ? [pid] : []));

describe.runIf(process.platform === 'linux')(`${COUNT} sessions`, () => {
  test('have a process each, and leave none when they end', { timeout: 60_000 }, async ({ start }) => {
    const target: StdioTarget = { kind: 'stdio', command: '/bin/sh', args: ['-c', SHELL_SERVER], cwd: null, env: {} };
    const upstream = await start({ configs: [counter('shell', { target })] });
    const sessions = Array.from({ length: COUNT }, (_, number) => session(number));
    const ends = await Promise.all(sessions.map((one) => upstream.use('shell', one)));
    for (const answer of await Promise.all(ends.map((end) => end.request('ping')))) expect(answer.result).toBeDefined();
    const keeper = upstream.keeper.keeper?.pid ?? 0;
    const pids = upstream.eventsOf('server_started').map(({ payload }) => payload.pid ?? 0);
    expect(new Set(pids).size).toBe(COUNT);
    expect(childrenOf(keeper)).toHaveLength(COUNT);
    const over = sessions.map(
      (session_id) => ({ seq: 1, at: 0, session_id, kind: 'session_expired', payload: {} }) as const,
    );
    upstream.publish(...over);
    await upstream.event('server_stopped', COUNT);
    await eventually(() => childrenOf(keeper)).toEqual([]);
    expect(pids.filter(isAlive)).toEqual([]);
    expect(upstream.store.instances.all()).toEqual([]);
    expect(upstream.servers.stateOf('shell')?.instances).toEqual([]);
  });
});
