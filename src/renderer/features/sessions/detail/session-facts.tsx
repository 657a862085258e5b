import type { ReactNode } from 'react';
import type { Session } from '../../../../shared/contract/session';
import { DEFAULT_POLICY } from '../../../../shared/model/policy';
import { hasEnded } from '../../../../shared/model/session';
import { formatCount, formatLatency, formatNumber } from '../../../format/number';
import { formatDateTime, formatUntil } from '../../../format/time';
import { CAUSE_WORDS, clientTypeWord, ERA_WORDS, STATUS_MEANINGS, sessionProcess } from '../../../format/words';
import { routeHash } from '../../../store/route';
import { useHoldfast } from '../../../store/use-holdfast';
import { RelativeTime } from '../../../ui/relative-time';
import { Sparkline } from '../../../ui/sparkline';
import { FailedCalls } from '../failed-calls';

/** What is known about a session right now. */
export function SessionFacts({ session }: { session: Session }) {
  const keyName = useHoldfast(
    (state) => state.clients?.find(({ client_id }) => client_id === session.client_id)?.name ?? session.client_id,
  );
  const reconnects = formatNumber(session.reconnect_count);
  return (
    <dl className="grid grid-cols-[7rem_1fr] gap-x-3 gap-y-1.5 px-5 py-3 text-sm">
      <Fact name="State">{STATUS_MEANINGS[session.status]}</Fact>
      {session.status === 'disconnected' && session.disconnected_at !== null && (
        <Fact name="Can resume">
          <Deadline at={session.disconnected_at + DEFAULT_POLICY.retention} />
        </Fact>
      )}
      {session.ended_at !== null && (
        <Fact name="Ended">
          <RelativeTime at={session.ended_at} />
        </Fact>
      )}
      <Fact name="Client">
        {clientTypeWord(session.client_type)}, key “{keyName}”
      </Fact>
      <Fact name="Program">{programWords(session)}</Fact>
      <Fact name="Talks to">
        <SpokenTo server={session.server} />
      </Fact>
      <Fact name="Protocol">
        {session.protocol_version}, {ERA_WORDS[session.era].toLowerCase()}
      </Fact>
      <Fact name="Started">{formatDateTime(session.created_at)}</Fact>
      <Fact name="Last activity">
        <RelativeTime at={session.last_activity} />
      </Fact>
      <Fact name="Reconnects">
        {session.last_reconnect_cause === null
          ? reconnects
          : `${reconnects}, the latest: ${CAUSE_WORDS[session.last_reconnect_cause]}`}
      </Fact>
      <Fact name="Calls">
        {formatCount(session.calls, 'call')}
        {session.errors > 0 && ', '}
        <FailedCalls session={session} />
      </Fact>
      {session.recent_latencies.length > 0 && (
        <Fact name="Latency">
          <span className="flex items-center gap-2">
            <Sparkline values={session.recent_latencies} />
            <span className="whitespace-nowrap">{formatLatency(median(session.recent_latencies))} median</span>
          </span>
        </Fact>
      )}
      {!hasEnded(session.status) && (
        <Fact name="Reconnect token">
          {session.reconnect_expires_at === null ? 'None' : <TokenLife until={session.reconnect_expires_at} />}
        </Fact>
      )}
    </dl>
  );
}

/** Which process it is connected from, and what that process is. */
function programWords(session: Session): string {
  const { client_process } = session;
  if (client_process === null) return 'Not known: it runs for another user, in a container or elsewhere';
  const { program, parent, bridged } = client_process;
  const by = parent === null ? '' : `, started by ${parent}`;
  return `${sessionProcess(session)} (${program}${by}${bridged ? ', through a bridge' : ''})`;
}

/** The server of a session, or all of them. */
function SpokenTo({ server }: { server: string | null }) {
  if (server === null) return <>All servers and Holdfast’s own tools</>;
  return (
    <a href={routeHash({ view: 'servers', id: server, params: {} })} className="rounded text-accent hover:underline">
      {server}
    </a>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt className="text-ink-3">{name}</dt>
      <dd className="min-w-0 break-words text-ink">{children}</dd>
    </>
  );
}

/** Only time in which Holdfast runs counts, so the end may come later than the clock says, and never sooner. */
function Deadline({ at }: { at: number }) {
  const text = useHoldfast((state) =>
    at <= state.now
      ? 'for what is left of its 24 hours, which count only while Holdfast runs'
      : `until ${formatDateTime(at)} at least (${formatUntil(at, state.now)})`,
  );
  return <>{text}</>;
}

function TokenLife({ until }: { until: number }) {
  const text = useHoldfast((state) =>
    until <= state.now ? 'Expired' : `Issued, expires ${formatUntil(until, state.now)}`,
  );
  return <>{text}</>;
}

/** The middle value, or the lower of the two in the middle; 0 if there are none. */
function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? 0;
}
