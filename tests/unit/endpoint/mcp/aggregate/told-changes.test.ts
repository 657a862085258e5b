import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LIST_CAPABILITIES } from '#src/main/endpoint/mcp/aggregate/lists/list-kinds';
import { capabilitiesOf, ListComparison, type Step } from '#src/main/endpoint/mcp/aggregate/told-changes';
import { changedItems, digestsOf } from '#src/main/mcp/lists/list-changes';
import { canonicalText } from '#src/main/mcp/lists/same-list';
import type { Item } from '#src/shared/model/visibility';

/** What servers list, by server; each server lists tools and resources. */
type World = Readonly<Record<string, { tools: Record<string, number>; resources: Record<string, number> }>>;

const names = fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.integer({ min: 0, max: 2 }));
const listed = fc.record({ tools: names, resources: names });
const servers = ['one', 'two', 'three'] as const;
const world = fc.record({ one: listed, two: listed, three: listed });
const order = fc.shuffledSubarray([...servers], { minLength: 0 });
const hidden = fc.array(fc.constantFrom('one tool a', 'one tool b', 'two resource a', 'three tool c', 'two tool a'));

const pagesOf = (world: World, server: string) => {
  const { tools, resources } = world[server] as World[string];
  return [
    {
      method: 'tools/list',
      result: { tools: Object.entries(tools).map(([name, title]) => ({ name, title: `${title}` })) },
    },
    {
      method: 'resources/list',
      result: { resources: Object.entries(resources).map(([uri, title]) => ({ uri, name: uri, title: `${title}` })) },
    },
  ];
};
const looker = (hides: readonly string[]) => ({
  key: hides.join(),
  lists: ({ server, kind, name }: Item) => !hides.includes(`${server} ${kind} ${name}`),
});

/** What a session would be answered, as bytes: servers in order, their items in any. */
function answered(world: World, servers: readonly string[], capability: string, hides: readonly string[]): string {
  const { lists } = looker(hides);
  const parts = servers.map((server) => {
    const [tools, resources] = pagesOf(world, server);
    const items: readonly object[] | undefined =
      capability === 'tools' ? tools?.result.tools : capability === 'resources' ? resources?.result.resources : [];
    const kind = capability === 'tools' ? 'tool' : 'resource';
    const nameOf = (item: object) => String('uri' in item ? item.uri : 'name' in item ? item.name : '');
    const seen = (items ?? []).filter((item) => lists({ server, kind, name: nameOf(item) }));
    return seen.length === 0 ? '' : `${server} ${seen.map(canonicalText).sort().join()}`;
  });
  return JSON.stringify(parts.filter(Boolean));
}

test('a session is told exactly when it would be answered something else than before the first step it does not know', () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ world, order }), { minLength: 1, maxLength: 5 }),
      fc.nat({ max: 5 }),
      hidden,
      (moments, since, hides) => {
        const now = moments.at(-1) as (typeof moments)[number];
        const steps: Step[] = [];
        const orders: { number: number; before: readonly string[] }[] = [];
        moments.slice(1).forEach((moment, at) => {
          const was = moments[at] as (typeof moments)[number];
          for (const server of servers) {
            const before = digestsOf(pagesOf(was.world, server));
            steps.push({ number: at + 1, server, cause: 'lists', before, tellers: new Set() });
          }
          if (moment.order.join() !== was.order.join()) orders.push({ number: at + 1, before: was.order });
        });
        const known = moments[Math.min(since, moments.length - 1)] as (typeof moments)[number];
        const comparison = new ListComparison(now.order, (server) => digestsOf(pagesOf(now.world, server)));
        for (const capability of LIST_CAPABILITIES) {
          const isTold = comparison.differs(
            looker(hides),
            capability,
            steps.filter(({ number }) => number > since),
            orders.find(({ number }) => number > since)?.before ?? null,
          );
          const differs =
            answered(known.world, known.order, capability, hides) !== answered(now.world, now.order, capability, hides);
          expect(isTold).toBe(differs);
        }
      },
    ),
  );
});

describe('items that change', () => {
  test('concern only those who are listed one of them', () => {
    const page = (title: string) => [
      { method: 'tools/list', result: { tools: [{ name: 't', title }, { name: 'u' }] } },
      { method: 'resources/templates/list', result: { resourceTemplates: [{ uriTemplate: 'x:{a}', name: title }] } },
    ];
    const changed = changedItems(digestsOf(page('1')), digestsOf(page('2')));
    expect(changed.map(({ kind, name }) => `${kind} ${name}`)).toEqual(['tool t', 'resource x:{a}']);
    expect(capabilitiesOf('one', changed, () => true)).toEqual(['tools', 'resources']);
    expect(capabilitiesOf('one', changed, ({ kind }) => kind !== 'tool')).toEqual(['resources']);
    expect(capabilitiesOf('one', changed, ({ name }) => name === 'u')).toEqual([]);
  });
});
