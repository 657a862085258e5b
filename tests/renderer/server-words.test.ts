import { describe, expect, test } from 'vitest';
import { plainLine } from '#src/renderer/format/plain-line';
import { memoryOf, needsAttention, serverSentence, serverSentenceText } from '#src/renderer/format/server-words';
import { type Server, serverStateSchema } from '#src/shared/contract/server';
import { MINUTE, SECOND } from '#src/shared/model/units';
import { showInvisible } from '#src/shared/visible-text';
import { T0 } from './support/make';
import { makeInstance, makeServer } from './support/make-server';

const say = (change: Partial<Server>) => serverSentenceText(makeServer(change), T0);

describe('how a server is', () => {
  test('has a sentence in every state', () => {
    for (const state of serverStateSchema.options) {
      expect(say({ state }), state).toMatch(/^[A-Z].*[.]$/);
      expect(say({ state }), state).not.toMatch(/null|undefined/);
    }
  });

  test.each<[string, Partial<Server>]>([
    [
      'Waiting to try again in 4 s (3rd try): it ended with code 1.',
      { state: 'waiting', attempt: 2, next_try_at: T0 + 4_200, last_error: 'ended with code 1' },
    ],
    [
      'Its last start failed: it ended with code 3. The next use tries again.',
      { state: 'waiting', attempt: 1, next_try_at: null, last_error: 'The server "counter" ended with code 3.' },
    ],
    [
      'It failed too many times in a row: it ended with code 3. It is left alone for up to 30 s; after that, the next use tries again.',
      { state: 'circuit_open', attempt: 5, next_try_at: null, last_error: 'The server "counter" ended with code 3.' },
    ],
    [
      'Trying again now (2nd try): it ended with code 3.',
      { state: 'waiting', attempt: 1, next_try_at: T0, last_error: 'The server "counter" ended with code 3.' },
    ],
    [
      'Trying again now (2nd try): spawn nope ENOENT.',
      { state: 'waiting', attempt: 1, next_try_at: T0 - 1, last_error: 'spawn nope ENOENT' },
    ],
    [
      'It failed too many times in a row: it was killed by SIGKILL. One more try in 1 min.',
      { state: 'circuit_open', next_try_at: T0 + MINUTE, last_error: 'was killed by SIGKILL.' },
    ],
    ['It answers: one process, for one session.', { state: 'running', instances: [makeInstance()] }],
    [
      'It answers: 2 processes, one per session.',
      { state: 'running', instances: [makeInstance(), makeInstance(), makeInstance({ state: 'waiting' })] },
    ],
    [
      'It answers: one connection for all sessions.',
      { state: 'running', policy: 'shared', transport: 'http', instances: [makeInstance({ pid: null })] },
    ],
    ['Nobody is using it. It starts on its next use.', { policy: 'lazy' }],
    ['No session is using it. Each one gets its own process on first use.', {}],
    [
      'servers.json:7: “args” is no list. Write it as ["a", "b"].',
      {
        state: 'broken',
        problem: 'servers.json:7: “args” is no list. Write it as ["a", "b"].',
      },
    ],
  ])('%s', (sentence, change) => {
    expect(say(change)).toBe(sentence);
  });

  test('counts down and nothing else changes meanwhile', () => {
    const server = makeServer({
      state: 'waiting',
      attempt: 1,
      next_try_at: T0 + 12 * SECOND,
      last_error: 'ended with code 1',
    });
    const first = serverSentence(server, T0);
    const later = serverSentence(server, T0 + 5 * SECOND);
    expect([first.countdown, later.countdown]).toEqual(['12 s', '7 s']);
    expect({ ...first, countdown: '' }).toEqual({ ...later, countdown: '' });
  });

  test('asks for attention where somebody has to do something', () => {
    const states = serverStateSchema.options.filter((state) => needsAttention({ state }));
    expect(states).toEqual(['broken', 'untrusted', 'needs_login', 'waiting', 'circuit_open']);
  });

  test('adds up the memory that is known', () => {
    expect(memoryOf(makeServer({ instances: [makeInstance(), makeInstance({ rss_bytes: null })] }))).toBe(64_000_000);
    expect(memoryOf(makeServer())).toBeNull();
  });
});

describe('what a program wrote', () => {
  test('hides nothing in a command', () => {
    expect(showInvisible('a\u202eb\u200bc\nd\te\u0007')).toBe('a\\u202eb\\u200bc\\nd\\te\\u0007');
    expect(showInvisible('plain – ünïcode 漢字 "quotes"')).toBe('plain – ünïcode 漢字 "quotes"');
  });

  test('is shown without the colours of a terminal', () => {
    expect(plainLine('\u001b[31merror\u001b[0m: \u001b]0;title\u0007no\r')).toBe('error: no');
  });
});
