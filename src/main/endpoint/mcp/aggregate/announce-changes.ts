import { isOfMany } from '../../../../shared/model/mcp-address';
import { type Ms, SECOND } from '../../../../shared/model/units';
import { runsFor } from '../../../mcp/server-source';
import type { Services } from '../../../services';
import { bySearch } from '../search/search-channel';
import { Sight } from '../visibility/sight';
import { type KnownLists, listedServers } from './lists/known-lists';
import { LIST_CAPABILITIES, type ListCapability, listChanged } from './lists/list-kinds';
import { openSessions, type TellSession } from './open-sessions';

/** Changes within this time are announced together, and after the answers that already hold them. */
const GATHER: Ms = SECOND;

/**
 * Sends list-changed notifications to the sessions at the address of all servers when a server is added, enabled,
 * disabled or removed, or when what is remembered of its lists changes. Sessions with a process of their own have that
 * process's lists, and are told by it. Includes disconnected sessions and those with nothing in memory. Call the returned function to
 * stop.
 */
export function announceChanges(services: Services, known: KnownLists, tell: TellSession): () => void {
  const { servers: source } = services;
  const names = () => listedServers(source, known).join();
  let before = names();
  let changes: { readonly server: string; readonly capability: ListCapability; readonly number: number }[] = [];
  let cancel: (() => void) | null = null;
  const flush = () => {
    cancel = null;
    const told = changes;
    changes = [];
    for (const session of openSessions(services)) {
      const { session_id, client_id, server } = session;
      if (!isOfMany(server)) continue;
      const sight = new Sight(services, client_id, server);
      const keyOf = (capability: ListCapability) =>
        capability === 'tools' && sight.searches ? bySearch(session_id) : session_id;
      const due = told.filter(
        (change) =>
          sight.showsServer(change.server) &&
          !known.holds(keyOf(change.capability), change.capability, change.number) &&
          (change.capability !== 'tools' || sight.listsToolsOf(session_id, change.server)) &&
          !runsFor(source, change.server, session_id),
      );
      for (const capability of new Set(due.map((change) => change.capability))) tell(session, listChanged(capability));
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
    for (const session of openSessions(services)) {
      if (!isOfMany(session.server)) continue;
      const sight = new Sight(services, session.client_id, session.server);
      for (const capability of LIST_CAPABILITIES) {
        if (capability !== 'tools' || sight.listsToolsOf(session.session_id, null))
          tell(session, listChanged(capability));
      }
    }
  });
  const held = new Set<string>();
  let cancelHeld: (() => void) | null = null;
  const tellHeld = () => {
    cancelHeld = null;
    const names = [...held];
    held.clear();
    for (const session of openSessions(services)) {
      const { session_id, client_id, server } = session;
      const sight = new Sight(services, client_id, server);
      const isConcerned = (name: string) =>
        (isOfMany(server) || server === name) && sight.showsServer(name) && sight.listsToolsOf(session_id, name);
      if (names.some(isConcerned)) tell(session, listChanged('tools'));
    }
  };
  const stopHeld = source.onHeld((name) => {
    held.add(name);
    cancelHeld ??= services.timers.after(GATHER, tellHeld);
  });
  return () => {
    stopHeld();
    cancelHeld?.();
    cancel?.();
    stopLists();
    stopServers();
  };
}
