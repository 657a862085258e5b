import type { Server, ServerState } from '../../../shared/contract/server';
import type { MessageId } from '../../../shared/messages/en';
import { t } from '../../../shared/messages/language';
import { formatBytes } from '../../format/number';
import { routeHash } from '../../store/route';
import { useHoldfast } from '../../store/use-holdfast';

const KINDS: readonly (readonly [words: MessageId, states: readonly ServerState[]])[] = [
  ['overview.servers.running', ['running']],
  ['overview.servers.starting', ['starting']],
  ['overview.servers.stopped', ['stopped']],
  ['overview.servers.attention', ['waiting', 'circuit_open', 'broken', 'needs_login', 'untrusted']],
  ['overview.servers.off', ['disabled']],
];

/** `5 servers`, `3 running · 2 not in use`, `184 MB memory`: how all servers are, in one row. */
export function serversWords(servers: readonly Server[]): { count: string; states: string; memory: string } {
  const states = KINDS.flatMap(([words, ofKind]) => {
    const count = servers.filter(({ state }) => ofKind.includes(state)).length;
    return count === 0 ? [] : [t(words, { count })];
  });
  const bytes = servers.flatMap(({ instances }) => instances.map(({ rss_bytes }) => rss_bytes ?? 0));
  const all = bytes.reduce((sum, one) => sum + one, 0);
  return {
    count: t('overview.servers', { count: servers.length }),
    states: states.join(' · '),
    memory: all === 0 ? '' : t('overview.servers.memory', { memory: formatBytes(all) }),
  };
}

/** How the servers are, also while all is well; leads to them. Nothing until there is one. */
export function ServersLine() {
  const servers = useHoldfast((state) => state.servers?.servers ?? null);
  if (servers === null || servers.length === 0) return null;
  const { count, states, memory } = serversWords(servers);
  return (
    <a
      href={routeHash({ view: 'servers', id: null, params: {} })}
      data-servers-line
      className="flex items-center gap-3 rounded-lg border border-line bg-surface px-4 py-2.5 text-sm shadow-raised hover:bg-hover"
    >
      <span className="whitespace-nowrap font-medium text-ink">{count}</span>
      <span className="min-w-0 text-ink-2">{states}</span>
      {memory && (
        <span
          title={t('overview.servers.memory.meaning')}
          className="ms-auto whitespace-nowrap text-ink-2 tabular-nums"
        >
          {memory}
        </span>
      )}
    </a>
  );
}
