import type { EventKind } from '../../../shared/contract/event';
import { t } from '../../../shared/messages/language';

const SESSIONS: EventKind[] = [
  'session_created',
  'session_used',
  'session_disconnected',
  'session_reconnected',
  'reconnect_rejected',
  'stream_lost',
  'token_reuse_detected',
  'session_closed',
  'session_expired',
  'handover_offered',
  'handover_ended',
  'sharing_started',
  'sharing_changed',
  'sharing_ended',
  'session_pinned',
  'session_unpinned',
  'client_created',
  'client_removed',
  'client_key_renewed',
  'client_key_ended',
];
const SERVERS: EventKind[] = [
  'server_started',
  'server_adopted',
  'server_stopped',
  'server_unavailable',
  'server_session_renewed',
  'server_tool_changed',
  'server_version_changed',
  'server_change_accepted',
  'login_needed',
  'logged_in',
  'login_refreshed',
  'logged_out',
  'server_configured',
  'servers_file_changed',
  'visibility_changed',
  'keeper_started',
  'keeper_lost',
];
const HOLDFAST: EventKind[] = ['supervisor_started', 'supervisor_stopped', 'machine_slept'];

const STORY: EventKind[] = [...SESSIONS, ...SERVERS, ...HOLDFAST];

/**
 * What the list of events can be limited to. `story` leaves out calls and changes between active and idle; `all` is
 * everything, one by one.
 */
export const EVENT_FILTERS = [
  { value: 'story', label: t('history.events.story'), kinds: STORY },
  { value: 'sessions', label: t('history.events.sessions'), kinds: SESSIONS },
  { value: 'servers', label: t('history.events.servers'), kinds: SERVERS },
  { value: 'all', label: t('history.events.every'), kinds: null },
] as const;
export type EventFilter = (typeof EVENT_FILTERS)[number]['value'];

/** The kinds of a filter; null for all of them. The same array every time. */
export const kindsOf = (filter: EventFilter): EventKind[] | null =>
  EVENT_FILTERS.find(({ value }) => value === filter)?.kinds ?? null;
