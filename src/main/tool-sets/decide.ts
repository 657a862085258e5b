import { HoldfastError } from '../../shared/errors';
import { said } from '../../shared/messages/said';
import {
  partKey,
  ruleKey,
  type ServerPart,
  type ToolSet,
  VISIBILITY_LIMITS,
  type Visibility,
  VisibilityIndex,
  type VisibilityRule,
} from '../../shared/model/visibility';

/** A rule, or null in place of what it says where there is to be none. */
export interface RuleChange extends Omit<VisibilityRule, 'shown'> {
  readonly shown: boolean | null;
}

/** Whom a change of rules is for: one client, or all with null. */
export interface ShownChange {
  readonly client_id: string | null;
  readonly parts: readonly ServerPart[];
  readonly shown: boolean;
}

/**
 * The rules that make these parts shown or hidden. Hiding always writes a rule, so that it stays when another one goes;
 * showing takes it away, and writes one only if another rule hides the part all the same.
 */
export function rulesFor(visibility: Visibility, { client_id, parts, shown }: ShownChange): RuleChange[] {
  const unique = [...new Map(parts.map((part) => [partKey(part), part])).values()];
  if (!shown)
    return unique.flatMap((part) => [...exceptions(visibility, client_id, part), { client_id, ...part, shown }]);
  const gone = withRules(
    visibility,
    unique.map((part) => ({ client_id, ...part, shown: null })),
  );
  const index = new VisibilityIndex(gone);
  return unique.map((part) => ({ client_id, ...part, shown: isHidden(index, client_id, part) ? true : null }));
}

/**
 * The rules by which clients see of a server what a limit of their own said: only some tools, or all but some. With `only`
 * they see nothing else of the server, prompts and resources included.
 */
export function rulesForLimits(
  server: string,
  { only, except }: { readonly only: readonly string[] | null; readonly except: readonly string[] },
  clients: readonly string[],
): RuleChange[] {
  return clients.flatMap((client_id) => {
    const tool = (name: string, shown: boolean): RuleChange => ({ client_id, server, kind: 'tool', name, shown });
    const whole: RuleChange[] = only === null ? [] : [{ client_id, server, kind: null, name: null, shown: false }];
    const shown = (only ?? []).filter((name) => !except.includes(name));
    return [...whole, ...shown.map((name) => tool(name, true)), ...except.map((name) => tool(name, false))];
  });
}

/** The rules that would be in force under these keys now, for putting them back. */
export function rulesBefore({ rules }: Visibility, changes: readonly RuleChange[]): RuleChange[] {
  const known = new Map(rules.map((rule) => [ruleKey(rule), rule.shown]));
  return changes.map((change) => ({ ...change, shown: known.get(ruleKey(change)) ?? null }));
}

/** @throws HoldfastError `invalid_input` when there would be too many rules */
export function withRules(visibility: Visibility, changes: readonly RuleChange[]): Visibility {
  const rules = new Map(visibility.rules.map((rule) => [ruleKey(rule), rule]));
  for (const { shown, ...part } of changes) {
    if (shown === null) rules.delete(ruleKey(part));
    else rules.set(ruleKey(part), { ...part, shown });
  }
  if (rules.size > VISIBILITY_LIMITS.rules) {
    throw new HoldfastError('invalid_input', said('said.set.rules', { most: VISIBILITY_LIMITS.rules }));
  }
  return { ...visibility, rules: [...rules.values()] };
}

/**
 * Saves a set. With `replaces` it takes the place of that one, and clients that have chosen it stay with it.
 *
 * @throws HoldfastError `set_not_found`, `set_exists`, or `invalid_input` when there are too many
 */
export function withSet(visibility: Visibility, set: ToolSet, replaces: string | null): Visibility {
  const { sets, chosen } = visibility;
  if (replaces !== null && !sets.some(({ name }) => name === replaces)) throw new HoldfastError('set_not_found');
  if (
    set.name !== replaces &&
    sets.some(({ name }) => name.toLowerCase() === set.name.toLowerCase() && name !== replaces)
  )
    throw new HoldfastError('set_exists');
  const parts = [...new Map(set.parts.map((part) => [partKey(part), part])).values()];
  const kept =
    replaces === null
      ? [...sets, { name: set.name, parts }]
      : sets.map((one) => (one.name === replaces ? { name: set.name, parts } : one));
  if (kept.length > VISIBILITY_LIMITS.sets) {
    throw new HoldfastError('invalid_input', said('said.set.sets', { most: VISIBILITY_LIMITS.sets }));
  }
  if (parts.length > VISIBILITY_LIMITS.parts) {
    throw new HoldfastError('invalid_input', said('said.set.parts', { most: VISIBILITY_LIMITS.parts }));
  }
  return {
    ...visibility,
    sets: kept,
    chosen: chosen.map((one) => (one.set === replaces ? { ...one, set: set.name } : one)),
  };
}

/**
 * Deletes a set. Clients that have chosen it see everything again.
 *
 * @throws HoldfastError `set_not_found`
 */
export function withoutSet(visibility: Visibility, name: string): Visibility {
  const sets = visibility.sets.filter((set) => set.name !== name);
  if (sets.length === visibility.sets.length) throw new HoldfastError('set_not_found');
  return { ...visibility, sets, chosen: visibility.chosen.filter(({ set }) => set !== name) };
}

/** What a client sees at the address of all servers, and how it gets it. */
export interface Choice {
  /** Null for everything. */
  readonly set: string | null;
  /** Whether it finds tools by a search, in place of a list of all. */
  readonly search: boolean;
}

/**
 * Chooses what a client sees at the address of all servers.
 *
 * @throws HoldfastError `set_not_found`
 */
export function withChoice(visibility: Visibility, client_id: string, { set, search }: Choice): Visibility {
  if (set !== null && !visibility.sets.some(({ name }) => name === set)) throw new HoldfastError('set_not_found');
  const others = visibility.chosen.filter((one) => one.client_id !== client_id);
  const otherSearching = visibility.searching.filter((one) => one !== client_id);
  return {
    ...visibility,
    chosen: set === null ? others : [...others, { client_id, set }],
    searching: search ? [...otherSearching, client_id] : otherSearching,
  };
}

/** What holds for a server holds for another name of it too, in place of what held for that name. */
export function withNameOf(visibility: Visibility, from: string, to: string): Visibility {
  const { rules, sets, ...rest } = withoutServer(visibility, to);
  const also = <P extends ServerPart>(parts: readonly P[]): P[] =>
    parts.flatMap((part) => (part.server === from ? [part, { ...part, server: to }] : [part]));
  return { ...rest, rules: also(rules), sets: sets.map(({ name, parts }) => ({ name, parts: also(parts) })) };
}

/** Forgets a server. Sets stay, without it. */
export function withoutServer({ rules, sets, ...rest }: Visibility, server: string): Visibility {
  const others = <P extends ServerPart>(parts: readonly P[]): P[] => parts.filter((part) => part.server !== server);
  return { ...rest, rules: others(rules), sets: sets.map(({ name, parts }) => ({ name, parts: others(parts) })) };
}

/** Forgets a client that is gone. */
export const withoutClient = (visibility: Visibility, client_id: string): Visibility => ({
  ...visibility,
  rules: visibility.rules.filter((rule) => rule.client_id !== client_id),
  chosen: visibility.chosen.filter((one) => one.client_id !== client_id),
  searching: visibility.searching.filter((one) => one !== client_id),
});

/** Single things of a server that is hidden as a whole were shown for as long as it was not. */
function exceptions({ rules }: Visibility, client_id: string | null, part: ServerPart): RuleChange[] {
  if (part.name !== null) return [];
  const inside = rules.filter((rule) => rule.client_id === client_id && rule.server === part.server);
  return inside.filter((rule) => rule.shown && rule.name !== null).map((rule) => ({ ...rule, shown: null }));
}

function isHidden(index: VisibilityIndex, client_id: string | null, { server, kind, name }: ServerPart): boolean {
  // No client has this id, so that only rules for all apply.
  const viewer = { client_id: client_id ?? '', set: null };
  if (kind === null) return index.whyHidden(viewer, { server, kind: 'tool', name: null }) !== null;
  return index.whyHidden(viewer, { server, kind, name }) !== null;
}
