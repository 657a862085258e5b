import { isOfMany } from '../../../../shared/model/mcp-address';
import { type Ms, SECOND } from '../../../../shared/model/units';
import { runsFor } from '../../../mcp/server-source';
import type { FrontContext } from '../front-context';
import { Sight } from '../visibility/sight';
import { type KnownLists, listedServers } from './lists/known-lists';
import { LIST_CAPABILITIES, type ListCapability, listChanged } from './lists/list-kinds';
import { openSessions } from './open-sessions';

/** Changes within this time are announced together, and after the answers that already hold them. */
const GATHER: Ms = SECOND;

/**
 * Sends list-changed notifications to the sessions at the address of all servers when a server is added, enabled,
 * disabled or removed, or when what is remembered of its lists changes. Sessions with a process of their own have that
 * process's lists, and are told by it. Includes disconnected sessions and those with nothing in memory. Call the returned function to
 * stop.
 */
export function announceChanges({ services, push }: FrontContext, known: KnownLists): () => void {
  const { servers: source } = services;
  const names = () => listedServers(source, known).join();
  let before = names();
  let changes: { readonly server: string; readonly capability: ListCapability; readonly number: number }[] = [];
  let cancel: (() => void) | null = null;
  const flush = () => {
    cancel = null;
    const told = changes;
    changes = [];
    for (const { session_id, client_id, server, era } of openSessions(services)) {
      if (!isOfMany(server) || era === 'stateless') continue;
      const sight = new Sight(services, client_id, server);
      const due = told.filter(
        (change) =>
          sight.showsServer(change.server) &&
          !known.holds(session_id, change.capability, change.number) &&
          !runsFor(source, change.server, session_id),
      );
      for (const capability of new Set(due.map((change) => change.capability)))
        push.push(session_id, listChanged(capability));
    }
  };
  const stopLists = known.onChange((server, changed, number) => {
    for (const capability of changed) {
      changes = changes.filter((other) => other.server !== server || other.capability !== capability);
      changes.push({ server, capability, number });
    }
    cancel ??= services.timers.after(GATHER, flush);
  });
  const stopServers = source.onChange(() => {
    known.followServers();
    const now = names();
    if (now === before) return;
    before = now;
    for (const { session_id, server, era } of openSessions(services)) {
      // Sessions of the stateless era use a different kind of stream.
      if (!isOfMany(server) || era === 'stateless') continue;
      for (const capability of LIST_CAPABILITIES) push.push(session_id, listChanged(capability));
    }
  });
  const stopHeld = source.onHeld((name) => {
    for (const { session_id, client_id, server, era } of openSessions(services)) {
      if (era === 'stateless' || !(isOfMany(server) || server === name)) continue;
      if (new Sight(services, client_id, server).showsServer(name)) push.push(session_id, listChanged('tools'));
    }
  });
  return () => {
    stopHeld();
    cancel?.();
    stopLists();
    stopServers();
  };
}
