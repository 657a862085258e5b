import { describe, expect, test } from 'vitest';
import { openByClient } from '#src/renderer/features/connect/client-counts';
import { freeName } from '#src/renderer/features/connect/new-client';
import { firstRequest } from '#src/renderer/features/connect/use-first-request';
import type { Client } from '#src/shared/contract/client';
import type { Session } from '#src/shared/contract/session';

const session = (id: string, client_id: string, more: Partial<Session> = {}) =>
  ({ session_id: id, client_id, status: 'active', probe: false, created_at: 50, ...more }) as Session;
const client = (client_id: string, first_seen_at: number | null) => ({ client_id, first_seen_at }) as Client;

describe('the first request of a client', () => {
  const sessions = new Map([['s1', session('s1', 'c1')]]);

  test('is what the list of clients says', () => {
    expect(firstRequest({ clients: [client('c1', 40)], sessions: new Map() }, 'c1')).toBe(40);
  });

  test('is known from its session before the list was asked for again', () => {
    expect(firstRequest({ clients: [client('c1', null)], sessions }, 'c1')).toBe(50);
    expect(firstRequest({ clients: null, sessions }, 'c1')).toBe(50);
  });

  test('is not there before', () => {
    expect(firstRequest({ clients: [client('c1', 40), client('c2', null)], sessions }, 'c2')).toBeNull();
  });
});

test('counts the sessions of a client that have not ended, without probes', () => {
  const counts = openByClient([
    session('a', 'c1'),
    session('b', 'c1', { status: 'disconnected' }),
    session('c', 'c1', { status: 'closed' }),
    session('d', 'c1', { status: 'expired' }),
    session('e', 'c1', { probe: true }),
    session('f', 'c2', { status: 'idle' }),
  ]);
  expect([...counts]).toEqual([
    ['c1', 2],
    ['c2', 1],
  ]);
});

test('proposes a name that is not taken', () => {
  expect(freeName('Cursor', [])).toBe('Cursor');
  expect(freeName('Cursor', ['Cursor', 'Cursor 2'])).toBe('Cursor 3');
});
