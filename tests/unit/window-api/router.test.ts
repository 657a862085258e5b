import { describe, expect, test } from 'vitest';
import { type Handlers, invokeMethod } from '#src/main/window-api/router';
import { HoldfastError } from '#src/shared/errors';

const notCalled = () => {
  throw new Error('this handler must not be called');
};
const only = (handlers: Partial<Handlers>) =>
  new Proxy(handlers, { get: (target, name) => Reflect.get(target, name) ?? notCalled }) as Handlers;

const run = async (handlers: Partial<Handlers>, method: string, input: unknown) => {
  const defects: unknown[] = [];
  const envelope = await invokeMethod(only(handlers), method, input, (error) => defects.push(error));
  return { envelope, defects };
};

describe('method router', () => {
  test('fills in the defaults of the input before the handler sees it', async () => {
    const seen: unknown[] = [];
    const { envelope } = await run(
      {
        'sessions.list': (query) => {
          seen.push(query);
          return { sessions: [], total: 0 };
        },
      },
      'sessions.list',
      { text: 'cursor' },
    );
    expect(envelope).toEqual({ ok: true, value: { sessions: [], total: 0 } });
    expect(seen).toEqual([
      { text: 'cursor', include_probes: false, sort: 'last_activity', order: 'desc', limit: 100, offset: 0 },
    ]);
  });

  test.each([
    ['a method that is not in the contract', 'sessions.explode', {}, 'not_found', /no method "sessions\.explode"/],
    ['a name of the prototype', 'toString', {}, 'not_found', /no method/],
    ['an input of the wrong type', 'sessions.get', { session_id: 7 }, 'invalid_input', /^session_id: /],
    ['an input that is no object', 'sessions.get', 'x', 'invalid_input', /./],
    ['a number out of range', 'sessions.list', { limit: 5000 }, 'invalid_input', /^limit: /],
    ['a name of blanks', 'clients.create', { name: '   ' }, 'invalid_input', /give the client a name/],
  ])('refuses %s with a clear error', async (_what, method, input, code, message) => {
    const { envelope, defects } = await run({}, method, input);
    expect(envelope).toMatchObject({ ok: false, error: { code, retryable: false } });
    expect(envelope.ok ? '' : envelope.error.message).toMatch(message);
    expect(defects).toEqual([]);
  });

  test('passes an expected failure on with its code', async () => {
    const handlers: Partial<Handlers> = {
      'sessions.get': () => {
        throw new HoldfastError('session_not_found');
      },
    };
    const { envelope } = await run(handlers, 'sessions.get', { session_id: 's_x' });
    expect(envelope).toMatchObject({ ok: false, error: { code: 'session_not_found' } });
  });

  test('reports a defect and hides its inner text from the caller', async () => {
    const defect = new TypeError('secret path /home/me');
    const handlers: Partial<Handlers> = { 'clients.list': () => Promise.reject(defect) };
    const { envelope, defects } = await run(handlers, 'clients.list', {});
    expect(envelope).toMatchObject({ ok: false, error: { code: 'internal_error', retryable: true } });
    expect(JSON.stringify(envelope)).not.toContain('secret path');
    expect(defects).toEqual([defect]);
  });
});
