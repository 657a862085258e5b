import { describe, expect, test, vi } from 'vitest';
import { serversWords } from '#src/renderer/features/overview/servers-line';
import { makeInstance, makeServer } from './support/make-server';

// The expected texts are those of one locale, whatever the machine speaks.
vi.hoisted(() => Object.defineProperty(globalThis.navigator, 'language', { value: 'en-US', configurable: true }));

describe('serversWords', () => {
  test('counts each kind of state once, and adds up the memory', () => {
    const servers = [
      makeServer({ state: 'running', instances: [makeInstance(), makeInstance({ rss_bytes: null })] }),
      makeServer({ state: 'starting', instances: [makeInstance({ rss_bytes: 36_000_000 })] }),
      makeServer({ state: 'stopped' }),
      makeServer({ state: 'needs_login' }),
      makeServer({ state: 'disabled' }),
    ];
    expect(serversWords(servers)).toEqual({
      count: '5 servers',
      states: '1 running · 1 starting · 1 not in use · 1 needs attention · 1 off',
      memory: '100 MB memory',
    });
  });

  test('says nothing of memory that is not known', () => {
    expect(serversWords([makeServer()])).toEqual({ count: '1 server', states: '1 not in use', memory: '' });
  });
});
