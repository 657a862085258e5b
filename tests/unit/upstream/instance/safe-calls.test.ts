import { describe, expect, test } from 'vitest';
import { SafeCalls } from '#src/main/upstream/instance/safe-calls';

const request = (method: string, params = {}) => ({ jsonrpc: '2.0', id: 1, method, params }) as const;
const call = (name: string) => request('tools/call', { name });

describe('what may be sent twice', () => {
  test.each([
    ['tools/list', true],
    ['resources/read', true],
    ['prompts/get', true],
    ['ping', true],
    ['tools/call', false],
    ['logging/setLevel', false],
    ['resources/subscribe', false],
    ['something/else', false],
  ])('%s: %s', (method, isSafe) => {
    expect(new SafeCalls().isSafe(request(method))).toBe(isSafe);
  });

  test.each([
    [{ readOnlyHint: true }, true],
    [{ idempotentHint: true, destructiveHint: true }, true],
    [{ readOnlyHint: 'true' }, false],
    [{}, false],
    [undefined, false],
  ])('a tool that says %o of itself: %s', (annotations, isSafe) => {
    const calls = new SafeCalls();
    calls.learn({ tools: [{ name: 'tool', annotations }] });
    expect(calls.isSafe(call('tool'))).toBe(isSafe);
  });

  test('each page adds its tools, a newer word counts, and changed tools are unknown', () => {
    const calls = new SafeCalls();
    calls.learn({ tools: [{ name: 'one', annotations: { readOnlyHint: true } }] });
    calls.learn({ tools: [{ name: 'two', annotations: { readOnlyHint: true } }] });
    expect(calls.isSafe(call('one'))).toBe(true);
    calls.learn({ tools: [{ name: 'one' }] });
    expect([calls.isSafe(call('one')), calls.isSafe(call('two'))]).toEqual([false, true]);
    calls.forget();
    expect(calls.isSafe(call('two'))).toBe(false);
  });

  test.each([[undefined], [{}], [{ tools: 'x' }], [{ tools: [null, {}, 'x'] }]])('%o teaches nothing', (result) => {
    const calls = new SafeCalls();
    calls.learn(result);
    expect(calls.isSafe(call('x'))).toBe(false);
  });
});
