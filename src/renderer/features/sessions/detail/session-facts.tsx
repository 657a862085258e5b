import { useEffect } from 'react';
import type { Session } from '../../../../shared/contract/session';
import { t } from '../../../../shared/messages/language';
import { hasEnded } from '../../../../shared/model/session';
import { HOUR, type Ms } from '../../../../shared/model/units';
import { formatLatency, formatNumber } from '../../../format/number';
import { formatDateTime, formatUntil } from '../../../format/time';
import { CAUSE_WORDS, clientTypeWord, STATUS_MEANINGS, sessionProcess } from '../../../format/words';
import { routeHash } from '../../../store/route';
import { useActions, useHoldfast } from '../../../store/use-holdfast';
import { Fact } from '../../../ui/fact';
import { RelativeTime } from '../../../ui/relative-time';
import { Sparkline } from '../../../ui/sparkline';
import { activityHash } from '../../activity/activity-place';
import { FailedCalls } from '../failed-calls';
import { SessionProcesses } from './session-processes';

/** What is known about a session right now. */
export function SessionFacts({ session }: { session: Session }) {
  const keyName = useHoldfast(
    (state) => state.clients?.find(({ client_id }) => client_id === session.client_id)?.name ?? session.client_id,
  );
  const count = session.reconnect_count;
  return (
    <dl className="grid grid-cols-[7rem_1fr] gap-x-3 gap-y-1.5 px-5 py-3 text-sm">
      <Fact name={t('session.fact.state')}>{STATUS_MEANINGS[session.status]}</Fact>
      {session.status === 'disconnected' && session.disconnected_at !== null && (
        <Fact name={t('session.fact.can_resume')}>
          {session.pinned ? t('session.fact.can_resume.pinned') : <Deadline since={session.disconnected_at} />}
        </Fact>
      )}
      {session.ended_at !== null && (
        <Fact name={t('session.fact.ended')}>
          <RelativeTime at={session.ended_at} />
        </Fact>
      )}
      <Fact name={t('session.fact.client')}>
        {t('session.fact.client.key', { client: clientTypeWord(session.client_type), key: keyName })}
      </Fact>
      <Fact name={t('session.fact.program')}>{programWords(session)}</Fact>
      <Fact name={t('session.fact.talks_to')}>
        <SpokenTo server={session.server} />
      </Fact>
      <SessionProcesses session={session} />
      <Fact name={t('session.fact.protocol')}>
        {t('session.fact.protocol.era', { version: session.protocol_version, era: session.era })}
      </Fact>
      <Fact name={t('session.fact.started')}>{formatDateTime(session.created_at)}</Fact>
      <Fact name={t('session.fact.seen')}>
        <RelativeTime at={session.last_activity} />
      </Fact>
      <Fact name={t('session.fact.reconnects')}>
        {session.last_reconnect_cause === null
          ? formatNumber(count)
          : t('session.fact.reconnects.latest', { count, cause: CAUSE_WORDS[session.last_reconnect_cause] })}
      </Fact>
      <Fact name={t('session.fact.calls')}>
        {t('session.fact.calls.count', { count: session.calls })}
        {session.errors > 0 && ', '}
        <FailedCalls session={session} />{' '}
        <a
          href={activityHash({ session: session.session_id })}
          className="whitespace-nowrap rounded text-accent underline decoration-dotted underline-offset-2 hover:decoration-solid"
        >
          {t('session.fact.calls.each')}
        </a>
      </Fact>
      {session.recent_latencies.length > 0 && (
        <Fact name={t('session.fact.latency')}>
          <span className="flex flex-wrap items-center gap-x-2">
            <Sparkline values={session.recent_latencies} />
            <span className="whitespace-nowrap">
              {t('session.fact.latency.median', { latency: formatLatency(median(session.recent_latencies)) })}
            </span>
          </span>
        </Fact>
      )}
      {!hasEnded(session.status) && (
        <Fact name={t('session.fact.token')}>
          {session.reconnect_expires_at === null ? (
            t('session.fact.token.none')
          ) : (
            <TokenLife until={session.reconnect_expires_at} />
          )}
        </Fact>
      )}
    </dl>
  );
}

/** Which process it is connected from, and what that process is. */
function programWords(session: Session): string {
  const { client_process } = session;
  if (client_process === null) return t('session.fact.program.unknown');
  const { program, parent, bridged } = client_process;
  return t('session.fact.program.known', {
    process: sessionProcess(session),
    program,
    started: parent === null ? 'no' : 'yes',
    parent: parent ?? '',
    bridged: bridged ? 'yes' : 'no',
  });
}

/** The server of a session, or all of them. */
function SpokenTo({ server }: { server: string | null }) {
  if (server === null) return <>{t('session.fact.talks_to.all')}</>;
  return (
    <a
      translate="no"
      href={routeHash({ view: 'servers', id: server, params: {} })}
      className="rounded text-accent hover:underline"
    >
      {server}
    </a>
  );
}

/** Only time in which Holdfast runs counts, so the end may come later than the clock says, and never sooner. */
function Deadline({ since }: { since: Ms }) {
  const { loadApp } = useActions();
  useEffect(() => {
    // How long that is can be set, and may have been set since the window last asked.
    loadApp().catch(() => undefined);
  }, [loadApp]);
  const text = useHoldfast(({ app, now }) => {
    if (app === null) return '';
    const hours = app.retention_hours;
    const at = since + hours * HOUR;
    return at <= now
      ? t('session.fact.can_resume.rest', { hours })
      : t('session.fact.can_resume.until', { date: formatDateTime(at), left: formatUntil(at, now) });
  });
  return <>{text}</>;
}

function TokenLife({ until }: { until: number }) {
  const text = useHoldfast((state) =>
    until <= state.now
      ? t('session.fact.token.expired')
      : t('session.fact.token.issued', { when: formatUntil(until, state.now) }),
  );
  return <>{text}</>;
}

/** The middle value, or the lower of the two in the middle; 0 if there are none. */
function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? 0;
}
