import type { HoldfastEvent, NewEvent } from '../../shared/contract/event';
import { type ServerPart, type ToolSet, type Visibility, VisibilityIndex } from '../../shared/model/visibility';
import type { Clock } from '../platform/ports';
import type { Prepared } from '../platform/prepared';
import type { EventBus } from '../sessions/event-bus';
import type { SessionRepository } from '../sessions/session-ports';
import {
  type RuleChange,
  rulesBefore,
  rulesFor,
  rulesForLimits,
  type ShownChange,
  withChoice,
  withNameOf,
  withoutClient,
  withoutServer,
  withoutSet,
  withRules,
  withSet,
} from './decide';
import type { ToolSetRepository } from './tool-set-ports';

/** Is told of every change, after it is on disk. */
type ChangeListener = (before: VisibilityIndex, after: VisibilityIndex) => void;
type Change = Extract<NewEvent, { kind: 'visibility_changed' }>['payload'];

export interface ToolVisibilityDeps {
  readonly repository: ToolSetRepository;
  readonly events: Pick<SessionRepository, 'commit'>;
  /** Runs `work` in one transaction. */
  readonly transaction: <T>(work: () => T) => T;
  readonly bus: EventBus;
  readonly clock: Pick<Clock, 'now'>;
  /** @throws HoldfastError `client_not_found` */
  readonly checkClient: (clientId: string) => unknown;
}

/** Which tools of a server these clients limit themselves to. */
export interface ClientLimits {
  readonly server: string;
  readonly limits: { readonly only: readonly string[] | null; readonly except: readonly string[] };
  readonly clients: readonly string[];
}

/**
 * What clients see of the servers: hidden tools, prompts and resources, sets, and what each client has chosen. The one
 * place that changes it; each change is on disk, with its event, before anybody is told.
 */
export class ToolVisibility {
  private readonly deps: ToolVisibilityDeps;
  private readonly listeners = new Set<ChangeListener>();
  private known: VisibilityIndex;

  constructor(deps: ToolVisibilityDeps) {
    this.deps = deps;
    this.known = new VisibilityIndex(deps.repository.load());
    deps.bus.subscribe((events) => {
      for (const event of events) {
        // What was kept of it went with its row.
        if (event.kind === 'client_removed')
          this.known = new VisibilityIndex(withoutClient(this.known.state, event.payload.client_id));
      }
    });
  }

  get index(): VisibilityIndex {
    return this.known;
  }

  /** Calls the listener with each change. Returns a function that unsubscribes. */
  onChange(listener: ChangeListener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /**
   * Shows or hides parts of servers, for one client or for all.
   *
   * @returns what {@link putRules} takes to undo it
   * @throws HoldfastError `client_not_found`, or `invalid_input` when there are too many rules
   */
  setShown(change: ShownChange): RuleChange[] {
    return this.putRules(rulesFor(this.known.state, change));
  }

  /**
   * Puts rules in force, or out of force.
   *
   * @returns what undoes it
   * @throws HoldfastError `client_not_found`, or `invalid_input` when there are too many rules
   */
  putRules(changes: readonly RuleChange[]): RuleChange[] {
    const { state } = this.known;
    const clients = new Set(changes.map(({ client_id }) => client_id));
    for (const client of clients) if (client !== null) this.deps.checkClient(client);
    const before = rulesBefore(state, changes);
    const [client_id = null] = clients.size === 1 ? clients : [];
    const hidden = changes.filter(({ shown }) => shown === false).length;
    const servers = new Set(changes.map(({ server }) => server));
    const [server = null] = servers.size === 1 ? servers : [];
    const count = hidden > 0 ? hidden : changes.length;
    this.change(withRules(state, changes), {
      change: hidden > 0 ? 'hidden' : 'shown',
      client_id,
      server,
      set: null,
      count,
    });
    return before;
  }

  /**
   * Takes over which tools of servers some clients limit themselves to: all of that or, with an error, none. Clients that
   * are not there yet see all of a server.
   * @throws HoldfastError `client_not_found`, or `invalid_input` when there are too many rules
   */
  takeLimits(taken: readonly ClientLimits[]): Prepared {
    const rules = taken.flatMap(({ server, limits, clients }) => rulesForLimits(server, limits, clients));
    const before = rules.length > 0 ? this.putRules(rules) : [];
    return {
      done: () => {},
      undo: () => {
        if (before.length > 0) this.putRules(before);
      },
    };
  }

  /**
   * Saves a set; with `replaces` in place of that one.
   *
   * @throws HoldfastError `set_not_found`, `set_exists`, or `invalid_input` when there are too many
   */
  saveSet(name: string, parts: readonly ServerPart[], replaces: string | null): ToolSet {
    const next = withSet(this.known.state, { name, parts }, replaces);
    this.change(next, { change: 'set_saved', client_id: null, server: null, set: name, count: parts.length });
    return { name, parts };
  }

  /** @throws HoldfastError `set_not_found` */
  removeSet(name: string): void {
    const next = withoutSet(this.known.state, name);
    this.change(next, { change: 'set_removed', client_id: null, server: null, set: name, count: 0 });
  }

  /**
   * Chooses what a client sees at the address of all servers: a set, or everything with null, listed or by a search.
   *
   * @throws HoldfastError `client_not_found`, `set_not_found`
   */
  choose(client_id: string, set: string | null, search = false): void {
    this.deps.checkClient(client_id);
    const next = withChoice(this.known.state, client_id, { set, search });
    const change = search ? 'search_chosen' : 'set_chosen';
    this.change(next, { change, client_id, server: null, set, count: 0 });
  }

  /**
   * Lets what holds for a server hold for its new name as well, until the old one is gone. Call it before anybody can see
   * the new name. Not an event of its own: nothing is shown or hidden by it.
   */
  renameServer(from: string, to: string): Prepared {
    const { rules, sets } = this.known.state;
    this.put(withNameOf(this.known.state, from, to));
    return {
      done: () => this.put(withoutServer(this.known.state, from)),
      undo: () => {
        const now = withoutServer(this.known.state, to);
        const old = (parts: readonly ServerPart[] = []) => parts.filter(({ server }) => server === to);
        this.put({
          ...now,
          rules: [...now.rules, ...rules.filter(({ server }) => server === to)],
          sets: now.sets.map(({ name, parts }) => ({
            name,
            parts: [...parts, ...old(sets.find((set) => set.name === name)?.parts)],
          })),
        });
      },
    };
  }

  /** Replaces everything, if anything is different. */
  private put(next: Visibility): void {
    const before = this.known;
    if (JSON.stringify(next) === JSON.stringify(before.state)) return;
    this.deps.repository.save(next);
    this.known = new VisibilityIndex(next);
    for (const listener of this.listeners) listener(before, this.known);
  }

  private change(next: Visibility, payload: Change): void {
    const { repository, transaction, events, clock, bus } = this.deps;
    const before = this.known;
    const stored: HoldfastEvent[] = transaction(() => {
      repository.save(next);
      return events.commit({ events: [{ at: clock.now(), session_id: null, kind: 'visibility_changed', payload }] });
    });
    this.known = new VisibilityIndex(next);
    bus.publish(stored);
    for (const listener of this.listeners) listener(before, this.known);
  }
}
