import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addressOfSet } from '#src/shared/model/mcp-address';
import {
  ALL_SHOWN,
  changedKinds,
  type Item,
  type Visibility,
  VisibilityIndex,
  type VisibilityRule,
} from '#src/shared/model/visibility';
import { anyClient, anyVisibility, ITEMS, SERVERS, SETS } from './arbitraries';

const anyAddress = fc.constantFrom(null, ...SERVERS, ...SETS.map(addressOfSet));
const rule = (shown: boolean, server: string, name: string | null = null, client_id: string | null = null) =>
  ({ shown, server, kind: name === null ? null : 'tool', name, client_id }) satisfies VisibilityRule;
const tool = (server: string, name: string): Item => ({ server, kind: 'tool', name });
const seen = (state: Visibility, item: Item, client_id = 'c_1', address: string | null = null) => {
  const index = new VisibilityIndex(state);
  return index.whyHidden(index.viewer(client_id, address), item) === null;
};

describe('what a client sees', () => {
  test('is everything, when nothing was said', () => {
    fc.assert(
      fc.property(fc.constantFrom(...ITEMS), anyClient, (item, client) => {
        expect(seen(ALL_SHOWN, item, client)).toBe(true);
      }),
    );
  });

  test('is decided by the rule that says most', () => {
    const rules = [rule(false, 'git')];
    const with_ = (...more: VisibilityRule[]) => ({ ...ALL_SHOWN, rules: [...rules, ...more] });
    expect(seen(with_(), tool('git', 'a'))).toBe(false);
    expect(seen(with_(), tool('files', 'a'))).toBe(true);
    expect(seen(with_(rule(true, 'git', 'a')), tool('git', 'a'))).toBe(true);
    expect(seen(with_(rule(true, 'git', 'a')), tool('git', 'b'))).toBe(false);
    expect(seen(with_(rule(true, 'git', null, 'c_1')), tool('git', 'b'))).toBe(true);
    expect(seen(with_(rule(true, 'git', null, 'c_1')), tool('git', 'b'), 'c_2')).toBe(false);
    const mixed = with_(rule(true, 'git', null, 'c_1'), rule(false, 'git', 'a', 'c_1'), rule(true, 'git', 'a'));
    expect(seen(mixed, tool('git', 'a'))).toBe(false);
  });

  test('is limited by the set that the address names, or that was chosen for the client, and not at one server', () => {
    const parts = [
      { server: 'git', kind: null, name: null },
      { server: 'files', kind: 'tool', name: 'a' },
    ] as const;
    const state = { rules: [rule(false, 'git', 'b')], sets: [{ name: 'work', parts }], chosen: [], searching: [] };
    const chosen = { ...state, chosen: [{ client_id: 'c_1', set: 'work' }] };
    for (const [one, address] of [
      [state, addressOfSet('work')],
      [chosen, null],
    ] as const) {
      expect(seen(one, tool('git', 'a'), 'c_1', address)).toBe(true);
      expect(seen(one, tool('git', 'b'), 'c_1', address), 'in the set, and hidden').toBe(false);
      expect(seen(one, tool('files', 'a'), 'c_1', address)).toBe(true);
      expect(seen(one, tool('files', 'b'), 'c_1', address)).toBe(false);
    }
    expect(seen(chosen, tool('files', 'b'), 'c_2')).toBe(true);
    expect(seen(chosen, tool('files', 'b'), 'c_1', 'files')).toBe(true);
  });

  test('has nothing of a server only if it shows none of its things', () => {
    fc.assert(
      fc.property(
        anyVisibility,
        anyClient,
        anyAddress,
        fc.constantFrom(...SERVERS),
        (state, client, address, server) => {
          const index = new VisibilityIndex(state);
          const viewer = index.viewer(client, address);
          const all = ITEMS.filter((item) => item.server === server);
          if (index.whyHiddenServer(viewer, server) === null) return;
          expect(all.filter((item) => index.whyHidden(viewer, item) === null)).toEqual([]);
        },
      ),
    );
  });
});

describe('the lists that a change makes different', () => {
  test('are those in which something came or went', () => {
    fc.assert(
      fc.property(anyVisibility, anyVisibility, anyClient, anyAddress, (before, after, client, address) => {
        const told = changedKinds(new VisibilityIndex(before), new VisibilityIndex(after), client, address, SERVERS);
        const different = ITEMS.filter(
          (item) => seen(before, item, client, address) !== seen(after, item, client, address),
        );
        const searched = address === null && before.searching.includes(client) !== after.searching.includes(client);
        expect(new Set(told)).toEqual(new Set([...different.map(({ kind }) => kind), ...(searched ? ['tool'] : [])]));
      }),
    );
  });

  test('are none of a server that the address does not lead to', () => {
    const after = new VisibilityIndex({ ...ALL_SHOWN, rules: [rule(false, 'git', 'a')] });
    expect(changedKinds(new VisibilityIndex(ALL_SHOWN), after, 'c_1', 'files', ['files'])).toEqual([]);
    expect(changedKinds(new VisibilityIndex(ALL_SHOWN), after, 'c_1', 'git', ['git'])).toEqual(['tool']);
  });
});
