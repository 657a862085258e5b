import type { Session } from '../../../../shared/contract/session';
import { t } from '../../../../shared/messages/language';
import { hasEnded } from '../../../../shared/model/session';
import { formatBytes } from '../../../format/number';
import { useHoldfast } from '../../../store/use-holdfast';
import { Fact } from '../../../ui/fact';
import { useServers } from '../../servers/use-servers';

/**
 * The processes that run for this session alone, or for it and the one that it shares them with, with their memory: what pinning
 * it keeps. Nothing while there are none.
 */
export function SessionProcesses({ session }: { session: Session }) {
  useServers('aside');
  const servers = useHoldfast((state) => state.servers?.servers);
  const { sharing } = session;
  const key = sharing?.role === 'guest' ? sharing.session_id : session.session_id;
  const own = (servers ?? []).flatMap(({ name, instances }) =>
    instances.flatMap(({ session_id, instance_id, pid, rss_bytes }) =>
      session_id === key && pid !== null ? [{ instance_id, name, pid, rss_bytes }] : [],
    ),
  );
  if (own.length === 0 || hasEnded(session.status)) return null;
  return (
    <Fact name={t('session.fact.processes')}>
      {own.map(({ instance_id, name, pid, rss_bytes }) => (
        <span key={instance_id} className="block">
          <span translate="no">{name}</span>:{' '}
          {rss_bytes === null
            ? t('session.fact.processes.unmeasured', { pid })
            : t('session.fact.processes.one', { pid, memory: formatBytes(rss_bytes) })}
        </span>
      ))}
    </Fact>
  );
}
