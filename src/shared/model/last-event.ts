import type { EventKind, HoldfastEvent } from '../contract/event';
import type { Session } from '../contract/session';
import type { Say } from '../messages/language';
import { visible } from '../visible-text';
import { isOwnClient } from './own-clients';
import type { Ms } from './units';

/** What somebody at the machine may have noticed, or wants to know when coming back to it. */
export const TOLD_KINDS = [
  'session_created',
  'session_used',
  'session_disconnected',
  'session_reconnected',
  'session_closed',
  'session_expired',
  'server_started',
  'server_stopped',
  'server_unavailable',
  'login_needed',
  'logged_in',
  'supervisor_started',
] as const satisfies readonly EventKind[];

/** An event that is worth a line of the tray's menu. */
export type ToldEvent = Extract<HoldfastEvent, { kind: (typeof TOLD_KINDS)[number] }>;

/**
 * Whether an event is worth a line of the tray's menu. What probes do is not, nor what Holdfast's own clients do: the window
 * does not announce that either.
 * @param sessionOf - finds a session by its id; null if there is none
 */
export function isTold(event: HoldfastEvent, sessionOf: (id: string) => Session | null): event is ToldEvent {
  if (!(TOLD_KINDS as readonly EventKind[]).includes(event.kind)) return false;
  if (event.session_id === null) return true;
  // A probe that is used afterwards has started then.
  if (event.kind === 'session_created' && event.payload.probe) return false;
  const session = sessionOf(event.session_id);
  return session !== null && !session.probe && !isOwnClient(session);
}

export interface LastEvent {
  /** One line: when, and what. */
  readonly label: string;
  /** Hash of the place in the window where there is more. */
  readonly hash: string;
}

/**
 * The last event as a line, and where it leads.
 * @param program - what its session is called, if it has one
 * @param now - an event of another day says of which
 * @param say - in which language
 */
export function lastEvent(event: ToldEvent, program: string, now: Ms, say: Say): LastEvent {
  const when = { at: event.at, isToday: dayOf(event.at) === dayOf(now) ? 'yes' : 'no' };
  return {
    label: visible(say('desktop.tray.last', { ...when, sentence: sentenceOf(event, program, say) })),
    hash: placeOf(event),
  };
}

/** The day where the machine is. */
const dayOf = (at: Ms): string => new Date(at).toDateString();

function sentenceOf(event: ToldEvent, name: string, say: Say): string {
  const one = { count: 1, name };
  switch (event.kind) {
    case 'session_created':
    case 'session_used':
      return say('announce.started', one);
    case 'session_disconnected':
      return say('announce.disconnected', one);
    case 'session_reconnected':
      return say('announce.reconnected', one);
    case 'session_closed':
      return say('announce.ended', one);
    case 'session_expired':
      return say('announce.expired', one);
    case 'supervisor_started':
      return `${say('events.supervisor_started')}.`;
    default:
      return `${say(`events.${event.kind}`, { server: event.payload.server })}.`;
  }
}

function placeOf(event: ToldEvent): string {
  if ('server' in event.payload && event.payload.server) return `#/servers/${encodeURIComponent(event.payload.server)}`;
  return event.session_id === null ? '#/history' : `#/sessions/${encodeURIComponent(event.session_id)}`;
}
