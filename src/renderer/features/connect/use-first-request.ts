import { useEffect } from 'react';
import { type Ms, SECOND } from '../../../shared/model/units';
import type { HoldfastState } from '../../store/state';
import { useActions, useHoldfast } from '../../store/use-holdfast';

/** A handshake alone is not an event, so the list is polled, too, while the user waits. */
const ASK_EVERY: Ms = 5 * SECOND;

const listedFirstRequest = ({ clients }: Pick<HoldfastState, 'clients'>, clientId: string): Ms | null =>
  clients?.find((client) => client.client_id === clientId)?.first_seen_at ?? null;

const listedFirstUse = ({ clients }: Pick<HoldfastState, 'clients'>, clientId: string): Ms | null =>
  clients?.find((client) => client.client_id === clientId)?.key_used_at ?? null;

/** When a client was first heard from: its first authenticated request or its first session; null before that. */
export function firstRequest(state: Pick<HoldfastState, 'clients' | 'sessions'>, clientId: string): Ms | null {
  const seen = listedFirstRequest(state, clientId);
  if (seen !== null) return seen;
  let first: Ms | null = null;
  for (const session of state.sessions.values()) {
    if (session.client_id === clientId) first = Math.min(first ?? session.created_at, session.created_at);
  }
  return first;
}

/** Waits for the first request with a key that was just made. Sessions prove nothing of a renewed one: the old key works, too. */
export function useFirstRequest({ id, isRenewed }: { readonly id: string; readonly isRenewed: boolean }): Ms | null {
  const { loadClients } = useActions();
  const at = useHoldfast((state) => (isRenewed ? listedFirstUse(state, id) : firstRequest(state, id)));
  const listed = useHoldfast((state) => listedFirstRequest(state, id) !== null);
  const waiting = at === null;
  useEffect(() => {
    // The stream reported a session before the list did, so the list is out of date.
    if (!waiting && !listed) void loadClients().catch(() => {});
    if (!waiting) return;
    // If a request fails, the next one follows; the header already shows a lost connection.
    const timer = setInterval(() => void loadClients().catch(() => {}), ASK_EVERY);
    return () => clearInterval(timer);
  }, [waiting, listed, loadClients]);
  return at;
}
