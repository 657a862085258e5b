import type { EventKind, EventOf, HoldfastEvent } from '../../shared/contract/event';
import { errorText } from '../../shared/model/server-words';
import { visible } from '../../shared/visible-text';
import { formatCount, formatLatency } from './number';
import { formatClock, formatDuration, formatShortClock } from './time';
import { CAUSE_MEANINGS, clientTypeWord } from './words';

/** How much attention an event needs; `good` and `bad` also show by their shape, never by colour alone. */
export type EventTone = 'good' | 'quiet' | 'warn' | 'bad';

export interface EventWords {
  readonly title: string;
  /** Why it happened, or what follows from it; empty when the title says everything. */
  readonly detail: string;
  readonly tone: EventTone;
}

const DOOR_WORDS = {
  mcp: 'over MCP',
  tool: 'by a tool call',
  rest: 'over the REST API',
  websocket: 'over the WebSocket',
  window: 'from this window',
  timer: 'by Holdfast itself',
} as const;

/** Why a client was disconnected. */
export const DISCONNECT_WORDS: Record<EventOf<'session_disconnected'>['payload']['reason'], string> = {
  stream_lost: 'The push stream broke and no request followed.',
  quiet: 'There was no open stream and no traffic for a long time.',
  client_ended: 'The client has ended: its process is gone.',
  supervisor_stopped: 'Holdfast was stopped.',
  supervisor_killed: 'Holdfast ended without warning.',
  user: 'Disconnected by hand in Holdfast.',
};

const CLOSE_WORDS: Record<EventOf<'session_closed'>['payload']['reason'], string> = {
  client: 'Ended by the client.',
  user: 'Ended by hand in Holdfast.',
  superseded: 'The client continued in another session.',
  client_removed: 'The client was removed.',
};

const SERVER_STOP_WORDS: Record<EventOf<'server_stopped'>['payload']['reason'], string> = {
  crashed: 'Ended on its own',
  idle: 'Not in use any more',
  session_ended: 'The session ended',
  disabled: 'Switched off',
  changed: 'The entry was changed',
  removed: 'Removed',
  keeper_lost: 'The process that owns the servers is gone',
  supervisor_stopped: 'Holdfast was stopped',
  limit: 'Ended to make room for others',
  restarted: 'Restarted by hand',
};

const REJECTION_WORDS: Readonly<Record<string, string>> = {
  session_id_mismatch: 'The token belongs to another session.',
  invalid_token_purpose: 'The token was made for something else.',
  session_not_found: 'No session of this client has that id.',
  token_mismatch: 'A newer token had been issued.',
  session_already_disconnected: 'The session had ended.',
  token_expired: 'The token was too old.',
  invalid_token: 'The token was damaged or not ours.',
  token_reused: 'The token had been used before.',
  rate_limited: 'There were too many attempts.',
  internal_error: 'Holdfast could not do it.',
};

const CAUSE_OF_START: Record<EventOf<'server_started'>['payload']['cause'], string> = {
  use: 'A call needed it',
  policy: '',
  restart: '',
  retry: 'Retried by hand in Holdfast',
};

const CHANGE_WORDS: Record<EventOf<'server_configured'>['payload']['change'], string> = {
  added: 'added',
  changed: 'changed',
  enabled: 'switched on',
  disabled: 'switched off',
  confirmed: 'confirmed and may run',
  removed: 'removed',
  restored: 'restored',
};

const processWord = (pid: number | null): string => (pid === null ? '' : `Process ${pid}`);

/** `, with code 1` or `, by SIGKILL`; empty when nothing is known. */
function exitWords(code: number | null, signal: string | null): string {
  if (signal !== null) return `, by ${signal}`;
  return code === null ? '' : `, with code ${code}`;
}

const tryWords = (attempt: number, nextTryAt: number | null): string =>
  [
    attempt > 1 ? `${formatCount(attempt, 'failed start')} in a row` : '',
    nextTryAt === null ? '' : `Next attempt at ${formatClock(nextTryAt)}`,
  ]
    .filter(Boolean)
    .join('. ');

/** Joins what is known into sentences. */
const sentence = (...parts: readonly string[]): string =>
  parts
    .filter((part) => part !== '')
    .map((part) => (/[.!?…]$/.test(part) ? part : `${part}.`))
    .join(' ');

type Wording<K extends EventKind> = (payload: EventOf<K>['payload']) => EventWords;

const words = (title: string, detail = '', tone: EventTone = 'quiet'): EventWords => ({ title, detail, tone });

const DESCRIPTIONS: { readonly [K in EventKind]: Wording<K> } = {
  session_created: (p) =>
    words(
      p.probe ? 'Handshake only' : 'Session started',
      [[p.client_name, p.client_version].filter(Boolean).join(' '), `protocol ${p.protocol_version}`].join(', '),
      'good',
    ),
  session_used: () => words('First used', 'The session counts from here on.'),
  transport_attached: (p) => words('Connection opened', `Protocol ${p.protocol_version}`),
  session_active: () => words('Active again'),
  session_idle: () => words('Idle', 'The client is connected but quiet.'),
  stream_lost: () => words('Push stream lost', 'Calls work; messages from servers wait until it is back.', 'warn'),
  stream_opened: () => words('Push stream open'),
  session_disconnected: (p) => words('Disconnected', DISCONNECT_WORDS[p.reason], 'warn'),
  session_reconnected: (p) =>
    words(`Reconnected after ${formatDuration(p.downtime_ms)}`, CAUSE_MEANINGS[p.cause], 'good'),
  reconnect_rejected: (p) =>
    words('Reconnect refused', REJECTION_WORDS[p.code] ?? `Reason: ${p.code.replaceAll('_', ' ')}.`, 'bad'),
  token_issued: (p) =>
    words('Reconnect token issued', `${DOOR_WORDS[p.door]}, good until ${formatShortClock(p.expires_at)}`),
  token_reuse_detected: () =>
    words(
      'A used token was presented again',
      'All tokens of the session were revoked. Somebody may have copied one.',
      'bad',
    ),
  session_closed: (p) => words('Session ended', CLOSE_WORDS[p.reason]),
  session_expired: () => words('Session expired', 'The client stayed away too long.'),
  call_completed: (p) =>
    words(
      p.name ? `${p.method} ${p.name}` : p.method,
      p.ok ? formatLatency(p.latency_ms) : `failed after ${formatLatency(p.latency_ms)}`,
      p.ok ? 'quiet' : 'bad',
    ),
  client_created: (p) => words(`Client ${p.name} added`, clientTypeWord(p.type)),
  client_removed: (p) => words(`Client ${p.name} removed`),
  supervisor_started: (p) =>
    p.previous_stop === 'killed'
      ? words('Holdfast started', 'The last run ended without warning.', 'warn')
      : words('Holdfast started', `Version ${p.version}`),
  supervisor_stopped: () => words('Holdfast stopped'),
  machine_slept: (p) =>
    words(
      `The machine slept for ${formatDuration(p.to - p.from)}`,
      `From ${formatShortClock(p.from)} to ${formatShortClock(p.to)}. Nobody was down during that.`,
    ),
  server_started: (p) =>
    p.state_lost
      ? words(
          `Server ${p.server} started again`,
          sentence(processWord(p.pid), 'Its memory of earlier calls is gone', CAUSE_OF_START[p.cause]),
          'warn',
        )
      : words(`Server ${p.server} started`, sentence(processWord(p.pid), CAUSE_OF_START[p.cause]), 'good'),
  server_adopted: (p) =>
    words(
      `Server ${p.server} kept running`,
      sentence(
        p.pid === null
          ? `Its session lasted through ${formatDuration(p.away_ms)} without Holdfast`
          : `Process ${p.pid} ran for ${formatDuration(p.away_ms)} without Holdfast and kept its state`,
      ),
      'good',
    ),
  server_stopped: (p) =>
    words(
      `Server ${p.server} ${p.reason === 'crashed' ? 'ended' : 'stopped'}`,
      sentence(
        processWord(p.pid),
        SERVER_STOP_WORDS[p.reason] + (p.reason === 'crashed' ? exitWords(p.code, p.signal) : ''),
        p.calls_lost > 0 ? `${formatCount(p.calls_lost, 'call')} got an error instead of an answer` : '',
      ),
      p.reason === 'crashed' || p.reason === 'keeper_lost' ? 'bad' : 'quiet',
    ),
  server_unavailable: (p) =>
    words(
      p.circuit_open ? `Server ${p.server} paused after repeated failures` : `Server ${p.server} could not start`,
      sentence(
        errorText(p.error),
        p.circuit_open ? 'Too many failed starts in a row' : tryWords(p.attempt, p.next_try_at),
      ),
      'bad',
    ),
  login_needed: (p) =>
    words(
      `Server ${p.server} needs a login`,
      sentence(errorText(visible(p.reason)), p.host === null ? '' : `Log in at ${p.host}`, 'Calls wait'),
      'warn',
    ),
  logged_in: (p) =>
    words(
      `Logged in to server ${p.server}`,
      sentence(
        p.account === null ? '' : `As ${visible(p.account)}`,
        p.by === 'machine' ? 'Automatically, with a stored secret' : '',
      ),
      'good',
    ),
  login_refreshed: (p) => words(`Login to server ${p.server} refreshed`),
  logged_out: (p) =>
    words(
      `Logged out of server ${p.server}`,
      p.revoked
        ? 'Its tokens were revoked.'
        : 'Its tokens are forgotten here, but the authorization server did not confirm that it revoked them.',
      p.revoked ? 'quiet' : 'warn',
    ),
  server_session_renewed: (p) =>
    words(
      `Server ${p.server} started a new session`,
      sentence(p.reason, 'Its memory of earlier calls is gone'),
      'warn',
    ),
  server_configured: (p) => words(`Server ${p.server} ${CHANGE_WORDS[p.change]}`),
  servers_file_changed: (p) =>
    p.usable
      ? words('servers.json can be used again')
      : words('servers.json cannot be used', 'The last valid version stays active.', 'warn'),
  keeper_started: (p) => words('Keeper started', `Process ${p.pid} owns the servers, so they outlive Holdfast.`),
  keeper_lost: (p) =>
    words(
      'Keeper lost',
      sentence(processWord(p.pid), p.children > 0 ? `${formatCount(p.children, 'server')} ended with it` : ''),
      'bad',
    ),
};

/** An event in plain words. Never throws: a kind that only a newer Holdfast knows is shown by its name. */
export function describeEvent(event: HoldfastEvent): EventWords {
  const wording = DESCRIPTIONS[event.kind] as Wording<typeof event.kind> | undefined;
  return wording ? wording(event.payload as never) : words((event as { kind: string }).kind.replaceAll('_', ' '));
}
