import { pino } from 'pino';
import { expect, test } from 'vitest';
import { ListenedLists } from '#src/main/endpoint/mcp/stateless/listened-lists';
import { ToldLists } from '#src/main/endpoint/mcp/told-lists';
import type { JsonRpcResponse } from '#src/main/mcp/json-rpc';
import { SECOND } from '#src/shared/model/units';
import { FakeClock } from '#tests/support/fake-clock';

const LISTS = ['tools', 'prompts', 'resources'] as const;
const settled = () => new Promise((resolve) => setImmediate(resolve));

const lists = { jsonrpc: '2.0', id: 1, result: {} } as const;
const refuses = { jsonrpc: '2.0', id: 1, error: { code: -32603, message: 'not now' } } as const;

/** Somebody who listens for all lists of a server that answers each method so, and lists nothing unless it is said. */
function listening(answers: Record<string, () => Promise<JsonRpcResponse>>) {
  const clock = new FakeClock();
  const told = new ToldLists();
  for (const method of ['tools/list', 'resources/list', 'resources/templates/list'])
    told.sent('c_1 one', { method, cursor: undefined, result: {} });
  const listened = new ListenedLists({
    services: { timers: clock, clock, log: pino({ level: 'silent' }) },
    ...{ told, key: 'c_1 one', isContinued: false },
    ask: (method) => answers[method]?.() ?? Promise.resolve(lists),
  });
  const heard: string[] = [];
  listened.add({ wants: new Set(LISTS), tell: (capability) => heard.push(capability) });
  const announce = async (capability: (typeof LISTS)[number]) => {
    listened.announced(capability);
    clock.advance(SECOND);
    await settled();
  };
  return { heard, announce };
}

test.for([
  ['is not answered', 'tools/list', 'tools', () => Promise.reject(new Error('it did not answer'))],
  ['is refused', 'tools/list', 'tools', () => Promise.resolve(refuses)],
  ['is refused for one of two', 'resources/templates/list', 'resources', () => Promise.resolve(refuses)],
] as const)('an announcement is told whose list %s', async ([, method, capability, answer]) => {
  let isFailing = true;
  const { heard, announce } = listening({ [method]: () => (isFailing ? answer() : Promise.resolve(lists)) });
  await announce(capability);
  expect(heard).toEqual([capability]);
  isFailing = false;
  await announce(capability);
  expect(heard, 'it was in vain').toEqual([capability]);
});

test('an announcement is not told of another list that cannot be read', async () => {
  const { heard, announce } = listening({ 'tools/list': () => Promise.reject(new Error('it did not answer')) });
  await announce('resources');
  expect(heard).toEqual([]);
});
