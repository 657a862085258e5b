import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  rulesBefore,
  rulesFor,
  withChoice,
  withoutClient,
  withoutSet,
  withRules,
  withSet,
} from '#src/main/tool-sets/decide';
import {
  ALL_SHOWN,
  partKey,
  ruleKey,
  VISIBILITY_LIMITS,
  type Visibility,
  VisibilityIndex,
} from '#src/shared/model/visibility';
import { anyPart, anyScope, anyVisibility, CLIENTS, ITEMS, SETS } from './arbitraries';

const anyParts = fc.uniqueArray(anyPart, { selector: partKey, minLength: 1, maxLength: 4 });
const inOrder = ({ rules }: Visibility) => [...rules].sort((a, b) => ruleKey(a).localeCompare(ruleKey(b)));

describe('showing and hiding', () => {
  test('does what was asked to every part, for every client that it is about', () => {
    fc.assert(
      fc.property(anyVisibility, anyScope, anyPart, fc.boolean(), (given, client_id, part, shown) => {
        const state = { ...given, sets: [], chosen: [] };
        const index = new VisibilityIndex(withRules(state, rulesFor(state, { client_id, parts: [part], shown })));
        const before = new VisibilityIndex(state);
        for (const client of CLIENTS) {
          const own = state.rules.some((rule) => rule.client_id === client && rule.server === part.server);
          // What was said of one client goes before what is said of all.
          if (client_id === null && own) continue;
          const viewer = { client_id: client, set: null };
          for (const item of ITEMS) {
            const isMeant =
              item.server === part.server &&
              (part.kind === null || (part.kind === item.kind && part.name === item.name));
            const isSeen = index.whyHidden(viewer, item) === null;
            const isOther = client_id !== null && client !== client_id;
            if (!isMeant || isOther) expect(isSeen).toBe(before.whyHidden(viewer, item) === null);
            else if (!shown || part.name !== null) expect(isSeen).toBe(shown);
          }
        }
      }),
    );
  });

  test('is undone by what it gives back', () => {
    fc.assert(
      fc.property(anyVisibility, anyScope, anyParts, fc.boolean(), (state, client_id, parts, shown) => {
        const changes = rulesFor(state, { client_id, parts, shown });
        const undone = withRules(withRules(state, changes), rulesBefore(state, changes));
        expect(inOrder(undone)).toEqual(inOrder(state));
      }),
    );
  });

  test('leaves no rule behind that says nothing', () => {
    const parts = [{ server: 'git', kind: 'tool', name: 'a' }] as const;
    const hidden = withRules(ALL_SHOWN, rulesFor(ALL_SHOWN, { client_id: null, parts, shown: false }));
    expect(hidden.rules).toHaveLength(1);
    expect(withRules(hidden, rulesFor(hidden, { client_id: null, parts, shown: true }))).toEqual(ALL_SHOWN);
  });

  test('is refused beyond what is kept', () => {
    const parts = Array.from({ length: VISIBILITY_LIMITS.rules + 1 }, (_, index) => ({
      server: 'git',
      kind: 'tool' as const,
      name: `t${index}`,
    }));
    const changes = rulesFor(ALL_SHOWN, { client_id: null, parts, shown: false });
    expect(() => withRules(ALL_SHOWN, changes)).toThrow(/Hide whole servers/);
  });
});

describe('sets', () => {
  const git = { server: 'git', kind: null, name: null };
  const work = withSet(ALL_SHOWN, { name: 'work', parts: [git] }, null);

  test('have names that differ in more than case', () => {
    expect(() => withSet(work, { name: 'Work', parts: [] }, null)).toThrow(/already/);
    expect(withSet(work, { name: 'Work', parts: [] }, 'work').sets).toEqual([{ name: 'Work', parts: [] }]);
  });

  test('keep those who chose them when they are renamed, and let them go when they are deleted', () => {
    const chosen = withChoice(work, 'c_1', { set: 'work', search: false });
    expect(withSet(chosen, { name: 'job', parts: [git] }, 'work').chosen).toEqual([{ client_id: 'c_1', set: 'job' }]);
    expect(withoutSet(chosen, 'work')).toEqual(ALL_SHOWN);
    expect(withChoice(chosen, 'c_1', { set: null, search: false }).chosen).toEqual([]);
  });

  test('are listed or searched, as was chosen last', () => {
    const searched = withChoice(work, 'c_1', { set: 'work', search: true });
    expect([searched.chosen, searched.searching]).toEqual([[{ client_id: 'c_1', set: 'work' }], ['c_1']]);
    expect(withoutSet(searched, 'work'), 'everything, searched').toEqual({ ...ALL_SHOWN, searching: ['c_1'] });
    expect(withChoice(searched, 'c_1', { set: 'work', search: true })).toEqual(searched);
    expect(withChoice(searched, 'c_1', { set: null, search: false }).searching).toEqual([]);
    expect(withoutClient(searched, 'c_1')).toEqual(work);
  });

  test('that are not there cannot be changed, deleted or chosen', () => {
    for (const name of SETS.filter((set) => set !== 'work')) {
      expect(() => withSet(work, { name, parts: [] }, name)).toThrow(/no set/);
      expect(() => withoutSet(work, name)).toThrow(/no set/);
      expect(() => withChoice(work, 'c_1', { set: name, search: true })).toThrow(/no set/);
    }
  });

  test('are bounded in number and size', () => {
    const sets = Array.from({ length: VISIBILITY_LIMITS.sets }, (_, index) => ({ name: `s${index}`, parts: [] }));
    expect(() => withSet({ ...ALL_SHOWN, sets }, { name: 'more', parts: [] }, null)).toThrow(/Delete one/);
    const parts = Array.from({ length: VISIBILITY_LIMITS.parts + 1 }, (_, index) => ({
      server: 'git',
      kind: 'tool' as const,
      name: `t${index}`,
    }));
    expect(() => withSet(ALL_SHOWN, { name: 'big', parts }, null)).toThrow(/whole servers/);
  });
});
