import fc from 'fast-check';
import {
  ITEM_KINDS,
  type Item,
  ruleKey,
  type ServerPart,
  type ToolSet,
  type Visibility,
  type VisibilityRule,
} from '#src/shared/model/visibility';

/** A small world, so that generated rules meet the same things often. */
export const SERVERS = ['git', 'files'];
export const CLIENTS = ['c_1', 'c_2'];
const NAMES = ['a', 'b', 'c'];
export const SETS = ['work', 'home'];

export const anyPart: fc.Arbitrary<ServerPart> = fc.oneof(
  fc.record({ server: fc.constantFrom(...SERVERS), kind: fc.constant(null), name: fc.constant(null) }),
  fc.record({
    server: fc.constantFrom(...SERVERS),
    kind: fc.constantFrom(...ITEM_KINDS),
    name: fc.constantFrom(...NAMES),
  }),
);
export const anyClient = fc.constantFrom(...CLIENTS);
export const anyScope = fc.constantFrom(null, ...CLIENTS);
const anyRule: fc.Arbitrary<VisibilityRule> = fc
  .tuple(anyPart, anyScope, fc.boolean())
  .map(([part, client_id, shown]) => ({ ...part, client_id, shown }));
const anySets: fc.Arbitrary<ToolSet[]> = fc
  .subarray(SETS)
  .chain((names) =>
    fc.tuple(...names.map((name) => fc.array(anyPart, { maxLength: 4 }).map((parts) => ({ name, parts })))),
  );

export const anyVisibility: fc.Arbitrary<Visibility> = fc
  .tuple(
    fc.uniqueArray(anyRule, { selector: ruleKey, maxLength: 10 }),
    anySets,
    fc.subarray(CLIENTS),
    fc.subarray(CLIENTS),
  )
  .chain(([rules, sets, choosers, searching]) =>
    fc.tuple(...choosers.map((client_id) => fc.nat().map((n) => ({ client_id, n })))).map((choices) => ({
      rules,
      sets,
      chosen: choices.flatMap(({ client_id, n }) => {
        const set = sets[n % Math.max(1, sets.length)];
        return set ? [{ client_id, set: set.name }] : [];
      }),
      searching,
    })),
  );

/** Everything that the servers of the small world may list, and one thing of each kind that no rule names. */
export const ITEMS: readonly Item[] = SERVERS.flatMap((server) =>
  ITEM_KINDS.flatMap((kind) => [...NAMES, 'unnamed'].map((name) => ({ server, kind, name }))),
);
