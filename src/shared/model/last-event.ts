import type { EventKind, HoldfastEvent } from '../contract/event';
import type { Say } from '../messages/language';
import { visible } from '../visible-text';

/** What somebody at the machine may have noticed, or wants to know when coming back to it. */
export const TOLD_KINDS = [
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

type ToldEvent = Extract<HoldfastEvent, { kind: (typeof TOLD_KINDS)[number] }>;

/** Whether an event is worth a line of the tray's menu. */
export const isTold = (event: HoldfastEvent): event is ToldEvent =>
  (TOLD_KINDS as readonly EventKind[]).includes(event.kind);

export interface LastEvent {
  /** One line: when, and what. */
  readonly label: string;
  /** Hash of the place in the window where there is more. */
  readonly hash: string;
}

/**
 * The last event as a line, and where it leads.
 * @param program - what its session is called, if it has one
 * @param say - in which language
 */
export function lastEvent(event: ToldEvent, program: string, say: Say): LastEvent {
  return {
    label: visible(say('desktop.tray.last', { at: event.at, sentence: sentenceOf(event, program, say) })),
    hash: placeOf(event),
  };
}

function sentenceOf(event: ToldEvent, name: string, say: Say): string {
  const one = { count: 1, name };
  switch (event.kind) {
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
