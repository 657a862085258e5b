import type { EventKind, EventOf, HoldfastEvent } from '../../shared/contract/event';
import type { MessageId } from '../../shared/messages/en';
import { t } from '../../shared/messages/language';
import { ownValue } from '../../shared/model/own-value';
import { visible } from '../../shared/visible-text';
import { errorWords } from './error-words';
import { formatLatency } from './number';
import { formatClock, formatDuration, formatShortClock } from './time';
import { CAUSE_MEANINGS, clientTypeWord } from './words';

/** How much attention an event needs; `good` and `bad` also show by their shape, never by colour alone. */
export type EventTone = 'good' | 'quiet' | 'warn' | 'bad';

export interface EventWords {
  readonly title: string;
  /** Whether the title is the name of what happened, in no language: a method and its tool. */
  readonly isNamed?: true;
  /** What a server or Holdfast itself wrote about it, in English; stands before the detail. */
  readonly said?: string;
  /** Why it happened, or what follows from it; empty when the rest says everything. */
  readonly detail: string;
  readonly tone: EventTone;
}

/** Why a client was disconnected. */
export const DISCONNECT_WORDS: Record<EventOf<'session_disconnected'>['payload']['reason'], string> = {
  stream_lost: t('events.disconnect.stream_lost'),
  quiet: t('events.disconnect.quiet'),
  client_ended: t('events.disconnect.client_ended'),
  supervisor_stopped: t('events.disconnect.supervisor_stopped'),
  supervisor_killed: t('events.disconnect.supervisor_killed'),
  user: t('events.disconnect.user'),
};

const REJECTIONS: Readonly<Record<string, MessageId>> = {
  session_id_mismatch: 'events.rejected.session_id_mismatch',
  invalid_token_purpose: 'events.rejected.invalid_token_purpose',
  session_not_found: 'events.rejected.session_not_found',
  token_mismatch: 'events.rejected.token_mismatch',
  session_already_disconnected: 'events.rejected.session_already_disconnected',
  token_expired: 'events.rejected.token_expired',
  invalid_token: 'events.rejected.invalid_token',
  token_reused: 'events.rejected.token_reused',
  rate_limited: 'events.rejected.rate_limited',
  internal_error: 'events.rejected.internal_error',
};

function rejectionWords(code: string): string {
  const id = ownValue(REJECTIONS, code);
  return id ? t(id) : t('events.rejected.other', { code: code.replaceAll('_', ' ') });
}

const CAUSE_OF_START: Record<EventOf<'server_started'>['payload']['cause'], MessageId | null> = {
  use: 'events.start.use',
  policy: null,
  restart: null,
  retry: 'events.start.retry',
};

const startWords = ({ cause }: EventOf<'server_started'>['payload']): string => {
  const id = CAUSE_OF_START[cause];
  return id === null ? '' : t(id);
};

const processWord = (pid: number | null): string => (pid === null ? '' : t('events.process', { pid }));

function stopWords({ reason, code, signal }: EventOf<'server_stopped'>['payload']): string {
  if (reason !== 'crashed') return t(`events.stop.${reason}`);
  if (signal !== null) return t('events.stop.crashed.signal', { signal });
  return code === null ? t('events.stop.crashed') : t('events.stop.crashed.code', { code });
}

const tryWords = (attempt: number, nextTryAt: number | null): string =>
  sentences(
    attempt > 1 && t('events.server_unavailable.attempts', { count: attempt }),
    nextTryAt !== null && t('events.server_unavailable.next', { time: formatClock(nextTryAt) }),
  );

/** One after the other; what is not known is left out. */
const sentences = (...parts: readonly (string | false)[]): string => parts.filter(Boolean).join(' ');

type Wording<K extends EventKind> = (payload: EventOf<K>['payload']) => EventWords;

const words = (title: string, detail = '', tone: EventTone = 'quiet'): EventWords => ({ title, detail, tone });

function startOfSession(p: EventOf<'session_created'>['payload']): EventWords {
  const client = [p.client_name, p.client_version].filter(Boolean).join(' ');
  const protocol = p.protocol_version;
  return words(
    t(p.probe ? 'events.session_created.probe' : 'events.session_created'),
    client === '' ? t('events.protocol', { protocol }) : t('events.session_created.client', { client, protocol }),
    'good',
  );
}

const DESCRIPTIONS: { readonly [K in EventKind]: Wording<K> } = {
  session_created: startOfSession,
  session_used: () => words(t('events.session_used'), t('events.session_used.detail')),
  transport_attached: (p) =>
    words(t('events.transport_attached'), t('events.protocol', { protocol: p.protocol_version })),
  session_active: () => words(t('events.session_active')),
  session_idle: () => words(t('events.session_idle'), t('events.session_idle.detail')),
  stream_lost: () => words(t('events.stream_lost'), t('events.stream_lost.detail'), 'warn'),
  stream_opened: () => words(t('events.stream_opened')),
  session_disconnected: (p) => words(t('events.session_disconnected'), DISCONNECT_WORDS[p.reason], 'warn'),
  session_reconnected: (p) =>
    p.client
      ? words(
          t('events.session_taken_over', { client: p.client.client_name }),
          t('events.session_taken_over.detail', { from: p.from?.client_name ?? '' }),
          'good',
        )
      : words(
          t('events.session_reconnected', { length: formatDuration(p.downtime_ms) }),
          CAUSE_MEANINGS[p.cause],
          'good',
        ),
  reconnect_rejected: (p) => words(t('events.reconnect_rejected'), rejectionWords(p.code), 'bad'),
  token_issued: (p) =>
    words(
      t('events.token_issued'),
      t('events.token_issued.detail', { door: p.door, time: formatShortClock(p.expires_at) }),
    ),
  token_reuse_detected: () => words(t('events.token_reuse_detected'), t('events.token_reuse_detected.detail'), 'bad'),
  session_closed: (p) => words(t('events.session_closed'), t(`events.closed.${p.reason}`)),
  handover_offered: (p) => {
    const kind = p.share === undefined ? 'handover_offered' : 'sharing_offered';
    return words(
      t(`events.${kind}`, { client: p.client_name }),
      t(`events.${kind}.detail`, { invited: p.invited ? 'yes' : 'no', time: formatShortClock(p.expires_at) }),
    );
  },
  handover_ended: (p) => words(t('events.handover_ended'), t(`events.handover_ended.${p.reason}`)),
  sharing_started: (p) =>
    words(
      t(`events.sharing_started.${p.role}`, { client: p.client_name }),
      t('events.sharing_started.detail', { here: p.role === p.asks ? 'yes' : 'no' }),
    ),
  sharing_changed: (p) => words(t('events.sharing_changed', { asks: p.asks }), t('events.sharing_changed.detail')),
  sharing_ended: (p) =>
    words(
      t('events.sharing_ended', { client: p.client_name }),
      p.reason === 'other_left'
        ? t('events.sharing_ended.other_left', { client: p.client_name })
        : t(p.keeps ? 'events.sharing_ended.kept' : 'events.sharing_ended.lost'),
    ),
  session_pinned: () => words(t('events.session_pinned'), t('events.session_pinned.detail')),
  session_unpinned: () => words(t('events.session_unpinned'), t('events.session_unpinned.detail')),
  session_expired: () => words(t('events.session_expired'), t('events.session_expired.detail')),
  call_completed: (p) => {
    const length = formatLatency(p.latency_ms);
    return {
      title: p.name ? `${p.method} ${p.name}` : p.method,
      isNamed: true,
      detail: p.ok ? length : t('events.call_failed', { length }),
      tone: p.ok ? 'quiet' : 'bad',
    };
  },
  client_created: (p) => words(t('events.client_created', { name: p.name }), clientTypeWord(p.type)),
  client_removed: (p) => words(t('events.client_removed', { name: p.name })),
  client_key_renewed: (p) =>
    words(
      t('events.client_key_renewed', { name: p.name }),
      t('events.old_key_until', { time: formatShortClock(p.old_key_until) }),
    ),
  client_key_ended: (p) => words(t('events.client_key_ended', { name: p.name }), t(`events.key_ended.${p.reason}`)),
  supervisor_started: (p) =>
    p.previous_stop === 'killed'
      ? words(t('events.supervisor_started'), t('events.supervisor_started.killed'), 'warn')
      : words(t('events.supervisor_started'), t('events.supervisor_started.version', { version: p.version })),
  supervisor_stopped: () => words(t('events.supervisor_stopped')),
  machine_slept: (p) =>
    words(
      t('events.machine_slept', { length: formatDuration(p.to - p.from) }),
      t('events.machine_slept.detail', { from: formatShortClock(p.from), to: formatShortClock(p.to) }),
    ),
  server_started: (p) =>
    p.state_lost
      ? words(
          t('events.server_started.again', { server: p.server }),
          sentences(processWord(p.pid), t('events.memory_gone'), startWords(p)),
          'warn',
        )
      : words(t('events.server_started', { server: p.server }), sentences(processWord(p.pid), startWords(p)), 'good'),
  server_adopted: ({ server, pid, away_ms }) => {
    const length = formatDuration(away_ms);
    return words(
      t('events.server_adopted', { server }),
      pid === null
        ? t('events.server_adopted.session', { length })
        : t('events.server_adopted.process', { pid, length }),
      'good',
    );
  },
  server_stopped: (p) =>
    words(
      t(p.reason === 'crashed' ? 'events.server_ended' : 'events.server_stopped', { server: p.server }),
      sentences(processWord(p.pid), stopWords(p), p.calls_lost > 0 && t('events.calls_lost', { count: p.calls_lost })),
      p.reason === 'crashed' || p.reason === 'keeper_lost' ? 'bad' : 'quiet',
    ),
  server_unavailable: (p) => ({
    title: t(p.circuit_open ? 'events.server_unavailable.paused' : 'events.server_unavailable', { server: p.server }),
    said: errorWords(p.error),
    detail: p.circuit_open ? t('events.server_unavailable.too_many') : tryWords(p.attempt, p.next_try_at),
    tone: 'bad',
  }),
  login_needed: (p) => ({
    title: t('events.login_needed', { server: p.server }),
    said: errorWords(visible(p.reason)),
    detail: sentences(
      p.host !== null && t('events.login_needed.where', { host: p.host }),
      t('events.login_needed.wait'),
    ),
    tone: 'warn',
  }),
  logged_in: (p) =>
    words(
      t('events.logged_in', { server: p.server }),
      sentences(
        p.account !== null && t('events.logged_in.account', { account: visible(p.account) }),
        p.by === 'machine' && t('events.logged_in.machine'),
      ),
      'good',
    ),
  login_refreshed: (p) => words(t('events.login_refreshed', { server: p.server })),
  logged_out: (p) =>
    words(
      t('events.logged_out', { server: p.server }),
      t(p.revoked ? 'events.logged_out.revoked' : 'events.logged_out.kept'),
      p.revoked ? 'quiet' : 'warn',
    ),
  server_tool_changed: (p) => ({
    title: t('events.server_tool_changed', { server: p.server, tool: p.tool }),
    said: p.fields.join(', '),
    detail: '',
    tone: 'warn',
  }),
  server_version_changed: (p) =>
    words(t('events.server_version_changed', { server: p.server, from: p.from, to: p.to })),
  server_change_accepted: (p) =>
    words(
      p.tool === null
        ? t('events.server_changes_accepted', { server: p.server })
        : t('events.server_change_accepted', { server: p.server, tool: p.tool }),
    ),
  server_session_renewed: (p) => ({
    title: t('events.server_session_renewed', { server: p.server }),
    said: errorWords(p.reason),
    detail: t('events.memory_gone'),
    tone: 'warn',
  }),
  server_configured: (p) => words(t(`events.configured.${p.change}`, { server: p.server })),
  visibility_changed: (p) =>
    words(
      t(`events.visibility.${p.change}`, { count: p.count, server: p.server ?? 'none', set: p.set ?? 'none' }),
      p.change === 'hidden' || p.change === 'shown'
        ? t(p.client_id === null ? 'events.visibility.for_all' : 'events.visibility.for_one')
        : '',
    ),
  servers_file_changed: (p) =>
    p.usable
      ? words(t('events.servers_file.usable'))
      : words(t('events.servers_file.unusable'), t('events.servers_file.unusable.detail'), 'warn'),
  keeper_started: (p) => words(t('events.keeper_started'), t('events.keeper_started.detail', { pid: p.pid })),
  keeper_lost: (p) =>
    words(
      t('events.keeper_lost'),
      sentences(processWord(p.pid), p.children > 0 && t('events.keeper_lost.servers', { count: p.children })),
      'bad',
    ),
};

/** An event in plain words. Never throws: a kind that only a newer Holdfast knows is shown by its name. */
export function describeEvent(event: HoldfastEvent): EventWords {
  const wording = DESCRIPTIONS[event.kind] as Wording<typeof event.kind> | undefined;
  if (wording) return wording(event.payload as never);
  return { title: (event as { kind: string }).kind.replaceAll('_', ' '), isNamed: true, detail: '', tone: 'quiet' };
}
