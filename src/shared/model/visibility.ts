import { type McpAddress, setIn } from './mcp-address';

/** Kinds of things that a server lists. Templates count as resources, by the template of their URIs. */
export const ITEM_KINDS = ['tool', 'prompt', 'resource'] as const;
export type ItemKind = (typeof ITEM_KINDS)[number];

/** A whole server, or one thing of it by the server's own name or URI. */
export interface ServerPart {
  readonly server: string;
  /** Null, like `name`, for the whole server. */
  readonly kind: ItemKind | null;
  readonly name: string | null;
}

/** Says whether a part is shown: to one client, or to all of them. */
export interface VisibilityRule extends ServerPart {
  /** Null for all clients. */
  readonly client_id: string | null;
  readonly shown: boolean;
}

/** Some servers, or parts of them, with an address of their own. */
export interface ToolSet {
  readonly name: string;
  readonly parts: readonly ServerPart[];
}

/** Everything that decides what clients see. */
export interface Visibility {
  readonly rules: readonly VisibilityRule[];
  readonly sets: readonly ToolSet[];
  /** The set that a client sees at the address of all servers; at most one a client. */
  readonly chosen: readonly { readonly client_id: string; readonly set: string }[];
  /** The clients that get a search at the address of all servers, in place of a list of all that they see. */
  readonly searching: readonly string[];
}

/** Nothing is hidden from anybody. */
export const ALL_SHOWN: Visibility = { rules: [], sets: [], chosen: [], searching: [] };

/** Bounds of {@link Visibility}. */
export const VISIBILITY_LIMITS = { rules: 5_000, sets: 50, parts: 1_000, name: 2_000 } as const;

/** Who looks. */
export interface Viewer {
  readonly client_id: string;
  /** The set that limits what is seen; null for everything. */
  readonly set: string | null;
}

/** Why something is not seen. */
export type Hidden =
  | { readonly by: 'rule'; readonly client: boolean; readonly whole: boolean }
  | { readonly by: 'set'; readonly set: string };

/** One thing of a server; without a name, any that no rule names. */
export interface Item {
  readonly server: string;
  readonly kind: ItemKind;
  readonly name: string | null;
}

/**
 * Answers what is seen by whom. The rule that says most decides: of one thing for the client, of the server for the client,
 * of one thing for all, of the server for all. Without a rule a thing is shown. A set limits that further: what is not in
 * it is not seen, and what is in it may still be hidden.
 */
export class VisibilityIndex {
  readonly state: Visibility;
  private readonly rules = new Map<string, boolean>();
  /** Clients and servers of which single things are shown expressly. */
  private readonly shownSingly = new Set<string>();
  /** By set and server, the keys of its things; null for the whole server. */
  private readonly sets = new Map<string, Map<string, Set<string> | null>>();
  private readonly chosen: ReadonlyMap<string, string>;
  private readonly searching: ReadonlySet<string>;

  constructor(state: Visibility) {
    this.state = state;
    for (const rule of state.rules) {
      this.rules.set(ruleKey(rule), rule.shown);
      if (rule.shown && rule.name !== null) this.shownSingly.add(keyOf(rule.client_id, rule.server));
    }
    for (const { name, parts } of state.sets) {
      const servers = new Map<string, Set<string> | null>();
      for (const part of parts) {
        const known = servers.get(part.server);
        if (part.name === null || known === null) servers.set(part.server, null);
        else servers.set(part.server, (known ?? new Set()).add(keyOf(part.kind, part.name)));
      }
      this.sets.set(name, servers);
    }
    this.chosen = new Map(state.chosen.map(({ client_id, set }) => [client_id, set]));
    this.searching = new Set(state.searching);
  }

  hasSet(name: string): boolean {
    return this.sets.has(name);
  }

  /** The client as it looks from this address. */
  viewer(client_id: string, address: McpAddress): Viewer {
    return { client_id, set: address === null ? (this.chosen.get(client_id) ?? null) : setIn(address) };
  }

  /** Whether the client finds tools at this address by a search, and is not listed all that it sees. */
  searches(client_id: string, address: McpAddress): boolean {
    return address === null && this.searching.has(client_id);
  }

  /** Why this viewer does not see it; null if it does. */
  whyHidden({ client_id, set }: Viewer, { server, kind, name }: Item): Hidden | null {
    if (set !== null) {
      const inSet = this.sets.get(set)?.get(server);
      if (inSet === undefined || (inSet !== null && !(name !== null && inSet.has(keyOf(kind, name))))) {
        return { by: 'set', set };
      }
    }
    for (const client of [client_id, null]) {
      for (const whole of [false, true]) {
        if (!whole && name === null) continue;
        const part = whole ? { server, kind: null, name: null } : { server, kind, name };
        const shown = this.rules.get(ruleKey({ client_id: client, ...part }));
        if (shown !== undefined) return shown ? null : { by: 'rule', client: client !== null, whole };
      }
    }
    return null;
  }

  /** Why this viewer sees nothing at all of a server, whatever it lists; null if it may see something. */
  whyHiddenServer(viewer: Viewer, server: string): Hidden | null {
    const { client_id, set } = viewer;
    const inSet = set === null ? null : this.sets.get(set)?.get(server);
    if (set !== null && inSet === undefined) return { by: 'set', set };
    for (const client of [client_id, null]) {
      if (this.shownSingly.has(keyOf(client, server))) return null;
      const shown = this.rules.get(ruleKey({ client_id: client, server, kind: null, name: null }));
      if (shown !== undefined) return shown ? null : { by: 'rule', client: client !== null, whole: true };
    }
    return null;
  }
}

/** Tells rules apart: there is at most one of each part for each client and for all. */
export const ruleKey = ({ client_id, server, kind, name }: Omit<VisibilityRule, 'shown'>): string =>
  keyOf(client_id, server, kind, name);

/** Tells parts of servers apart. */
export const partKey = ({ server, kind, name }: ServerPart): string => keyOf(server, kind, name);

const keyOf = (...parts: readonly (string | null)[]): string => JSON.stringify(parts);

/**
 * The kinds of lists that are different for a client at an address after a change. Things that servers do not list count
 * like those that they do.
 *
 * @param servers - those that the address leads to
 */
export function changedKinds(
  before: VisibilityIndex,
  after: VisibilityIndex,
  client_id: string,
  address: McpAddress,
  servers: readonly string[],
): ItemKind[] {
  const seenBefore = before.viewer(client_id, address);
  const seenAfter = after.viewer(client_id, address);
  const differs = (item: Item) =>
    (before.whyHidden(seenBefore, item) === null) !== (after.whyHidden(seenAfter, item) === null);
  const offered = new Set(servers);
  const changed = new Set<ItemKind>();
  if (before.searches(client_id, address) !== after.searches(client_id, address)) changed.add('tool');
  for (const server of servers) {
    for (const kind of ITEM_KINDS) if (differs({ server, kind, name: null })) changed.add(kind);
  }
  const named = [before, after].flatMap(({ state }) => [...state.rules, ...state.sets.flatMap(({ parts }) => parts)]);
  for (const { server, kind, name } of named) {
    if (kind === null || changed.has(kind) || !offered.has(server)) continue;
    if (differs({ server, kind, name })) changed.add(kind);
  }
  return ITEM_KINDS.filter((kind) => changed.has(kind));
}
