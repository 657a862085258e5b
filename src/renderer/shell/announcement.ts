import type { HoldfastEvent } from '../../shared/contract/event';
import type { Session } from '../../shared/contract/session';
import { formatCount } from '../format/number';
import { sessionName } from '../format/words';

const VERBS: Readonly<Partial<Record<HoldfastEvent['kind'], string>>> = {
  session_created: 'started',
  session_disconnected: 'disconnected',
  session_reconnected: 'reconnected',
  session_closed: 'ended',
  session_expired: 'expired',
};

/**
 * What a screen reader says of these events: one session by its name, several by their number. Empty when nothing changed
 * that a person would want to hear.
 */
export function announcement(events: readonly HoldfastEvent[], sessions: ReadonlyMap<string, Session>): string {
  const latest = new Map<string, string>();
  for (const { kind, session_id } of events) {
    const verb = VERBS[kind];
    const session = session_id === null ? undefined : sessions.get(session_id);
    if (verb && session && !session.probe) latest.set(session.session_id, verb);
  }
  const byVerb = new Map<string, string[]>();
  for (const [id, verb] of latest) byVerb.set(verb, [...(byVerb.get(verb) ?? []), id]);
  const parts: string[] = [];
  for (const [verb, ids] of byVerb) {
    const only = ids.length === 1 ? sessions.get(ids[0] ?? '') : undefined;
    parts.push(`${only ? sessionName(only) : formatCount(ids.length, 'session')} ${verb}`);
  }
  return parts.length > 0 ? `${parts.join(', ')}.` : '';
}
