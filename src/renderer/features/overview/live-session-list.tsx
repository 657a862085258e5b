import { useMemo } from 'react';
import type { Session } from '../../../shared/contract/session';
import { t } from '../../../shared/messages/language';
import { formatNumber } from '../../format/number';
import { kindBesideName, sessionName, sessionProcess } from '../../format/words';
import { routeHash } from '../../store/route';
import { selectSessionList, selectSynced } from '../../store/selectors';
import { useActions, useHoldfast } from '../../store/use-holdfast';
import { Card } from '../../ui/card';
import { EmptyState } from '../../ui/empty-state';
import { ExportMenu, tableFormats } from '../../ui/export-menu';
import { RelativeTime } from '../../ui/relative-time';
import { SessionFlags } from '../../ui/session-flags';
import { Sparkline } from '../../ui/sparkline';
import { StatusMark } from '../../ui/status-mark';
import { Table, Td, Th, Tr } from '../../ui/table';
import { NoSessionsYet } from '../first-run/no-sessions-yet';
import { sessionTable } from '../sessions/session-export';
import { SessionTitle } from '../sessions/session-title';
import { useSessionNames } from '../sessions/use-session-names';
import { liveSessions } from './live-sessions';

const SHOWN = 8;
/** In a narrow window the latency goes first: names must stay readable. */
const WIDE_ONLY = 'max-[999px]:hidden';

/** The sessions that have not ended, with the key facts about each. */
export function LiveSessionList() {
  useSessionNames();
  const synced = useHoldfast(selectSynced);
  const list = useHoldfast(selectSessionList);
  const now = useHoldfast((state) => state.now);
  const hasClients = useHoldfast((state) => state.clients !== null && state.clients.length > 0);
  const names = useHoldfast((state) => state.sessionNames);
  const { first, total } = useMemo(() => liveSessions(list, now, SHOWN), [list, now]);
  const all = routeHash({ view: 'sessions', id: null, params: {} });
  return (
    <Card
      title={t('overview.sessions')}
      bodyClassName="min-h-24"
      aside={
        total > 0 && (
          <div className="flex items-center gap-3">
            {total > SHOWN && (
              <a href={all} className="rounded font-medium text-accent text-sm hover:underline">
                {t('overview.sessions.all', { count: total })}
              </a>
            )}
            <ExportMenu
              what="live-sessions"
              formats={tableFormats(() => sessionTable(liveSessions(list, now, total).first, names))}
              iconLabel={t('export.label')}
            />
          </div>
        )
      }
    >
      {total > 0 ? (
        <LiveTable sessions={first} total={total} />
      ) : synced && hasClients ? (
        <EmptyState title={t('overview.sessions.none')}>{t('overview.sessions.none.text')}</EmptyState>
      ) : (
        synced && <NoSessionsYet />
      )}
    </Card>
  );
}

function LiveTable({ sessions, total }: { sessions: readonly Session[]; total: number }) {
  return (
    <Table className="table-fixed">
      <caption className="sr-only">{t('overview.sessions.count', { count: total })}</caption>
      <colgroup>
        <col />
        <col className="w-40 min-[1000px]:w-56" />
        <col className="w-36 min-[1000px]:w-56" />
        <col className="w-24 min-[1000px]:w-28" />
        <col className="w-24 min-[1000px]:w-28" />
        <col className="w-0 min-[1000px]:w-28" />
      </colgroup>
      <thead>
        <tr>
          <Th>{t('sessions.column.session')}</Th>
          <Th>{t('sessions.column.client')}</Th>
          <Th>{t('sessions.column.status')}</Th>
          <Th>{t('sessions.column.seen')}</Th>
          <Th className="text-end">{t('sessions.column.reconnects')}</Th>
          <Th className={WIDE_ONLY}>{t('sessions.column.latency')}</Th>
        </tr>
      </thead>
      <tbody>
        {sessions.map((session) => (
          <LiveRow key={session.session_id} session={session} />
        ))}
      </tbody>
    </Table>
  );
}

function LiveRow({ session }: { session: Session }) {
  const { navigate } = useActions();
  const open = () => navigate('sessions', { id: session.session_id });
  const kind = kindBesideName(session);
  return (
    // The link in the first cell is for the keyboard; the whole row is a larger target for the pointer.
    <Tr data-session-id={session.session_id} onClick={open} className="hover:bg-hover">
      <Td>
        <a
          href={routeHash({ view: 'sessions', id: session.session_id, params: {} })}
          onClick={(event) => event.stopPropagation()}
          translate="no"
          title={sessionProcess(session) || session.session_id}
          className="block truncate rounded font-medium text-ink"
        >
          <SessionTitle session={session} />
        </a>
      </Td>
      <Td translate="no" className="truncate text-ink-2">
        {sessionName(session)} <span className="text-ink-3">{session.client_version}</span>
        {kind && <span className="text-ink-3"> · {kind}</span>}
      </Td>
      <Td>
        <span className="flex items-center gap-2 max-[999px]:[&_.flag-word]:sr-only">
          <StatusMark status={session.status} />
          <SessionFlags session={session} />
        </span>
      </Td>
      <Td className="text-ink-2">
        <RelativeTime at={session.last_activity} />
      </Td>
      <Td numeric>{formatNumber(session.reconnect_count)}</Td>
      <Td className={WIDE_ONLY}>
        <Sparkline values={session.recent_latencies} />
      </Td>
    </Tr>
  );
}
