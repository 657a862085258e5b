import { isOfMany } from '../../../../shared/model/mcp-address';
import { type Ms, SECOND } from '../../../../shared/model/units';
import { digestsOf, type ItemDigests, itemOf } from '../../../mcp/lists/list-changes';
import type { Services } from '../../../services';
import { bySearch } from '../search/found-tools';
import { Sight } from '../visibility/sight';
import { type KnownLists, listedServers } from './lists/known-lists';
import { LIST_CAPABILITIES, type ListCapability, listChanged } from './lists/list-kinds';
import { openSessions, type TellSession } from './open-sessions';
import { ListComparison, type OrderStep, type Step } from './told-changes';

/** Changes within this time are announced together, and after the answers that already hold them. */
const GATHER: Ms = SECOND;
/** Changes that are gathered; after so many it is announced at once. */
const MOST_STEPS = 50;

/**
 * Sends list-changed notifications to the sessions whose lists are different after a server was added, enabled, disabled, removed
 * or moved, after what is remembered of its lists changed, or after tools were held back or released. What a session would be
 * answered now is compared with what it would have been answered when it last asked or was told: what is hidden from it, or not
 * found by its searches, is no change. Sessions with a process of their own have that process's lists, and are told by it. Includes
 * disconnected sessions and those with nothing in memory. Call the returned function to stop.
 */
export function announceChanges(services: Services, known: KnownLists, tell: TellSession): () => void {
  const { servers: source } = services;
  const names = () => listedServers(source, known);
  let before = names();
  let steps: Step[] = [];
  let orders: OrderStep[] = [];
  let cancel: (() => void) | null = null;

  const without = (items: ItemDigests, isHeld: (tool: string) => boolean): ItemDigests =>
    new Map(
      [...items].filter(([key]) => {
        const { kind, name } = itemOf(key);
        return kind !== 'tool' || !isHeld(name);
      }),
    );
  const listedNow = (server: string) =>
    without(digestsOf(known.pagesOf(server)), (tool) => source.heldBack(server, tool));

  const flush = () => {
    cancel?.();
    cancel = null;
    const told = { steps, orders };
    steps = [];
    orders = [];
    const digests = new Map<string, ItemDigests>();
    const now = (server: string) => {
      const items = digests.get(server) ?? listedNow(server);
      digests.set(server, items);
      return items;
    };
    const atMany = new ListComparison(names(), now);
    for (const session of openSessions(services)) {
      const { session_id, client_id, server: address } = session;
      const sight = new Sight(services, client_id, address);
      const key = JSON.stringify([client_id, address, sight.searches ? session_id : null]);
      const looker = { key, lists: sight.listsTo(session_id) };
      const ofMany = isOfMany(address);
      const comparison = ofMany || address === null ? atMany : new ListComparison([address], now);
      const isDue = (capability: ListCapability, since: number): boolean => {
        const due = told.steps.filter(
          ({ number, cause, tellers }) => number > since && (cause === 'held' || (ofMany && !tellers.has(session_id))),
        );
        const order = ofMany ? told.orders.find(({ number }) => number > since)?.before : undefined;
        // Nobody knows yet what it lists, and only a client that asks makes it known.
        const isUnknown = (server: string) =>
          order?.includes(server) === false &&
          !known.has(server) &&
          sight.showsServer(server) &&
          (capability !== 'tools' || sight.listsToolsOf(session_id, server));
        if (order && names().some(isUnknown)) return true;
        return comparison.differs(looker, capability, due, order ?? null);
      };
      const isToldElsewhere = told.steps.some(({ tellers }) => tellers.has(session_id));
      for (const capability of LIST_CAPABILITIES) {
        const noted = capability === 'tools' && sight.searches ? bySearch(session_id) : session_id;
        const since = known.listedAt(noted, capability);
        const due = isDue(capability, since);
        // What is no change for it must not count as one later. Of 0 nobody knows what it was sent.
        if (due || (ofMany && since > 0 && !isToldElsewhere)) known.noteListed(noted, capability);
        if (due) tell(session, listChanged(capability));
      }
    }
  };
  const gathered = () => {
    if (steps.length + orders.length >= MOST_STEPS) flush();
    else cancel ??= services.timers.after(GATHER, flush);
  };

  const stopLists = known.onChange((server, _, number, pages) => {
    const listed = without(digestsOf(pages), (tool) => source.heldBack(server, tool));
    const instances = source.stateOf(server)?.instances ?? [];
    const running = instances.flatMap(({ session_id, state }) => (state === 'running' ? (session_id ?? []) : []));
    steps.push({ number, server, cause: 'lists', before: listed, tellers: new Set(running) });
    gathered();
  });
  const stopServers = source.onChange(() => {
    known.followServers();
    const now = names();
    if (now.join() === before.join()) return;
    orders.push({ number: known.nextChange(), before });
    before = now;
    // What somebody does to the list of servers is to be seen at once.
    flush();
  });
  const stopHeld = source.onHeld((server, tools) => {
    const wasHeld = (tool: string) => source.heldBack(server, tool) !== tools.includes(tool);
    const listed = without(digestsOf(known.pagesOf(server)), wasHeld);
    steps.push({ number: known.nextChange(), server, cause: 'held', before: listed, tellers: new Set() });
    gathered();
  });
  // It was sent nothing yet, so what has changed before is no change for it.
  const stopSessions = services.bus.subscribe((events) => {
    for (const { kind, session_id } of events) {
      if (kind !== 'session_created' || session_id === null) continue;
      for (const capability of LIST_CAPABILITIES) {
        for (const key of capability === 'tools' ? [session_id, bySearch(session_id)] : [session_id]) {
          if (known.listedAt(key, capability) === 0) known.noteListed(key, capability);
        }
      }
    }
  });
  return () => {
    stopSessions();
    stopHeld();
    cancel?.();
    stopLists();
    stopServers();
  };
}
