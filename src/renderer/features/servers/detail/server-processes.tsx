import { useState } from 'react';
import type { Server, ServerInstance } from '../../../../shared/contract/server';
import { t } from '../../../../shared/messages/language';
import { showInvisible } from '../../../../shared/visible-text';
import { formatBytes, formatProcessor } from '../../../format/number';
import { isAlive, sharesState } from '../../../format/server-words';
import { formatDateTime } from '../../../format/time';
import { sessionInPlace } from '../../../format/words';
import { routeHash } from '../../../store/route';
import { useActions, useHoldfast } from '../../../store/use-holdfast';
import { Button } from '../../../ui/button';
import { ConfirmDialog } from '../../../ui/dialog';
import { toast } from '../../../ui/toast';
import { useKeptFocus } from '../../../ui/use-kept-focus';

/** So many are shown before somebody asks for all. */
const FEW = 8;

/** The processes of a server: whom each is held for, what it takes, and a button that ends only this one. */
export function ServerProcesses({ server }: { server: Server }) {
  const [showsAll, setShowsAll] = useState(false);
  const keptFocus = useKeptFocus<HTMLElement>();
  const running = server.instances.filter(isAlive);
  if (running.length === 0) return null;
  const shown = showsAll ? running : running.slice(0, FEW);
  return (
    <section {...keptFocus} aria-label={t('servers.processes')}>
      <h3 className="mb-1 font-semibold text-ink">{t('servers.processes')}</h3>
      <ul className="flex flex-col">
        {shown.map((instance) => (
          <ProcessRow key={instance.instance_id} server={server} instance={instance} />
        ))}
      </ul>
      {shown.length < running.length && (
        <Button size="sm" className="mt-1" onClick={() => setShowsAll(true)}>
          {t('servers.processes.all', { count: running.length })}
        </Button>
      )}
    </section>
  );
}

function ProcessRow({ server: { name, policy }, instance }: { server: Server; instance: ServerInstance }) {
  const { instance_id, pid, session_id, started_at, rss_bytes, cpu_percent } = instance;
  const { stopServer } = useActions();
  const [asking, setAsking] = useState(false);
  const session = useHoldfast((state) => (session_id === null ? undefined : state.sessions.get(session_id)));
  const given = useHoldfast((state) => (session_id === null ? undefined : state.sessionNames[session_id]));
  const whose = session ? (given ?? sessionInPlace(session)) : null;
  const isShared = sharesState(policy);
  const shownName = showInvisible(name);
  // A connection has no pid.
  const title =
    whose !== null
      ? t('servers.stop_one_title', { name: shownName, session: whose })
      : pid !== null
        ? t('servers.stop_process_title', { name: shownName, pid })
        : t('servers.stop_title', { name: shownName });
  const done =
    whose !== null
      ? t('servers.stopped_for', { name, session: whose })
      : pid !== null
        ? t('servers.stopped_process', { name, pid })
        : t('servers.stopped', { name });
  return (
    <li
      data-pid={pid}
      title={started_at === null ? undefined : t('servers.process.since', { time: formatDateTime(started_at) })}
      className="flex items-center gap-3 border-line border-t py-1 text-sm first:border-t-0"
    >
      <div className="min-w-0 flex-1">
        {session_id !== null && whose !== null ? (
          <a
            translate="no"
            href={routeHash({ view: 'sessions', id: session_id, params: {} })}
            className="block truncate rounded text-ink hover:text-accent hover:underline"
          >
            {whose}
          </a>
        ) : (
          <p className="text-ink">{t(isShared ? 'servers.process.for_all' : 'servers.process.for_none')}</p>
        )}
        <p className="text-ink-2 text-xs">
          {t('servers.process.takes', {
            pid: pid ?? 0,
            memory: rss_bytes === null ? 'empty' : formatBytes(rss_bytes),
            processor: cpu_percent === null ? 'empty' : formatProcessor(cpu_percent),
          })}
        </p>
      </div>
      <Button
        size="sm"
        variant="ghost"
        aria-label={
          whose === null ? t('servers.stop_process', { pid: pid ?? 0 }) : t('servers.stop_for', { session: whose })
        }
        onClick={() => setAsking(true)}
      >
        {t('servers.stop')}
      </Button>
      <ConfirmDialog
        open={asking}
        onClose={() => setAsking(false)}
        title={title}
        effects={[
          t('servers.stop_one_memory'),
          t('servers.stop_one_calls'),
          ...(isShared ? [] : [t('servers.stop_one_others')]),
          t('servers.stop_next'),
        ]}
        action={t('servers.stop')}
        onConfirm={async () => {
          await stopServer(name, instance_id);
          toast({ title: done });
        }}
      />
    </li>
  );
}
