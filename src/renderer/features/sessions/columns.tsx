import type { ReactNode } from 'react';
import type { Session } from '../../../shared/contract/session';
import { t } from '../../../shared/messages/language';
import { shortId } from '../../../shared/model/ids';
import { formatNumber } from '../../format/number';
import { kindBesideName, sessionName, sessionProcess } from '../../format/words';
import { RelativeTime } from '../../ui/relative-time';
import { SessionFlags } from '../../ui/session-flags';
import { Sparkline } from '../../ui/sparkline';
import { StatusMark } from '../../ui/status-mark';
import { FailedCalls } from './failed-calls';
import { SessionTitle } from './session-title';

interface Column {
  /** Its name in the URL and in `sessions.css`. */
  readonly id: string;
  readonly title: string;
  cell(session: Session): ReactNode;
}

/** The columns from left to right. `order.ts` says how each is sorted. */
export const COLUMNS: readonly Column[] = [
  {
    id: 'session',
    title: t('sessions.column.session'),
    cell: (session) => (
      <span translate="no" className="truncate" title={sessionProcess(session) || session.session_id}>
        <SessionTitle session={session} />
      </span>
    ),
  },
  {
    id: 'client',
    title: t('sessions.column.client'),
    cell: (session) => {
      const kind = kindBesideName(session);
      return (
        <span translate="no" className="truncate text-ink-2">
          {sessionName(session)}{' '}
          <span className="text-ink-3">
            {session.client_version}
            {kind && ` · ${kind}`}
          </span>
        </span>
      );
    },
  },
  {
    id: 'status',
    title: t('sessions.column.status'),
    cell: (session) => (
      <>
        <StatusMark status={session.status} />
        <SessionFlags session={session} />
      </>
    ),
  },
  {
    id: 'seen',
    title: t('sessions.column.seen'),
    cell: (session) => <RelativeTime at={session.last_activity} className="text-ink-2" />,
  },
  {
    id: 'reconnects',
    title: t('sessions.column.reconnects'),
    cell: (session) => (
      <span className={session.reconnect_count === 0 ? 'text-ink-3' : 'text-ink'}>
        {formatNumber(session.reconnect_count)}
      </span>
    ),
  },
  {
    id: 'latency',
    title: t('sessions.column.latency'),
    cell: (session) => <Sparkline values={session.recent_latencies} />,
  },
  {
    id: 'calls',
    title: t('sessions.column.calls'),
    cell: (session) => (
      <span className="text-ink-2">
        {formatNumber(session.calls)}
        {session.errors > 0 && ' · '}
        <FailedCalls session={session} />
      </span>
    ),
  },
  {
    id: 'started',
    title: t('sessions.column.started'),
    cell: (session) => <RelativeTime at={session.created_at} coarse className="text-ink-2" />,
  },
  {
    id: 'id',
    title: t('sessions.column.id'),
    cell: (session) => (
      <span translate="no" className="font-mono text-ink-3 text-xs">
        {shortId(session.session_id)}
      </span>
    ),
  },
];
