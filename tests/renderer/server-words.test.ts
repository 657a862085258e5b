import { afterEach, describe, expect, test } from 'vitest';
import { errorWords } from '#src/renderer/format/error-words';
import { plainLine } from '#src/renderer/format/plain-line';
import {
  memoryOf,
  needsAttention,
  processCount,
  serverSentence,
  serverSentenceText,
  stateLook,
  waitOf,
} from '#src/renderer/format/server-words';
import { type Server, serverStateSchema } from '#src/shared/contract/server';
import { DE } from '#src/shared/messages/de';
import { EN } from '#src/shared/messages/en';
import { setLanguage } from '#src/shared/messages/language';
import { errorText } from '#src/shared/model/server-words';
import { MINUTE, SECOND } from '#src/shared/model/units';
import { showInvisible } from '#src/shared/visible-text';
import { T0 } from './support/make';
import { makeInstance, makeServer } from './support/make-server';

const missing =
  'The server "x" could not be started. The command "nope" was not found. Install it, or give its full path.';

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
      'Ended with code 1. Retrying in 4 s (3rd try).',
      { state: 'waiting', attempt: 2, next_try_at: T0 + 4_200, last_error: 'ended with code 1' },
    ],
    [
      'Ended with code 3. Retried on its next use.',
      { state: 'waiting', attempt: 1, next_try_at: null, last_error: 'The server "counter" ended with code 3.' },
    ],
    [
      'Paused after repeated failures. Ended with code 3. Retried on its next use, after up to 30 s.',
      { state: 'circuit_open', attempt: 5, next_try_at: null, last_error: 'The server "counter" ended with code 3.' },
    ],
    [
      'Ended with code 3. Retrying now (2nd try).',
      { state: 'waiting', attempt: 1, next_try_at: T0, last_error: 'The server "counter" ended with code 3.' },
    ],
    [
      'Spawn nope ENOENT. Retrying now (2nd try).',
      { state: 'waiting', attempt: 1, next_try_at: T0 - 1, last_error: 'spawn nope ENOENT' },
    ],
    [
      'Paused after repeated failures. Was killed by SIGKILL. Retrying in 1 min.',
      { state: 'circuit_open', next_try_at: T0 + MINUTE, last_error: 'was killed by SIGKILL.' },
    ],
    ['Responding: one process, for one session.', { state: 'running', instances: [makeInstance()] }],
    [
      'Responding: 2 processes, one per session.',
      { state: 'running', instances: [makeInstance(), makeInstance(), makeInstance({ state: 'waiting' })] },
    ],
    [
      'Responding: one connection for all sessions.',
      { state: 'running', policy: 'shared', transport: 'http', instances: [makeInstance({ pid: null })] },
    ],
    ['Not in use. Starts on its next use.', { policy: 'lazy' }],
    ['Not in use. Starts when a session first needs it.', {}],
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

  test.each<[string, string, Partial<Server>]>([
    ['Failed', 'bad', { state: 'waiting', next_try_at: T0, last_error: missing }],
    ['Failed', 'bad', { state: 'waiting', next_try_at: null, last_error: 'The server "x" ended with code 1.' }],
    ['Retrying', 'warn', { state: 'waiting', next_try_at: T0, last_error: 'The server "x" ended with code 1.' }],
    ['Paused', 'bad', { state: 'circuit_open', last_error: missing }],
    ['Running', 'good', { state: 'running', last_error: missing }],
  ])('is called %s (%s)', (word, tone, change) => {
    expect(stateLook(makeServer(change))).toEqual({ word, tone });
  });

  test.each([
    ['The server "x" ended with code 1.', 'Ended with code 1.'],
    [missing, 'The command "nope" was not found. Install it, or give its full path.'],
    [
      'The server "docs" at api.example.com could not be found. Check the address or your network.',
      'api.example.com could not be found. Check the address or your network.',
    ],
    ['The server "x" could not be started.', 'Could not be started.'],
  ])('says %s as %s where the server is named', (error, text) => {
    expect(errorText(error)).toBe(text);
  });

  test('does not count a process that has died', () => {
    expect(processCount(makeServer({ instances: [makeInstance(), makeInstance({ state: 'waiting' })] }))).toBe(1);
  });

  test('counts down and nothing else changes meanwhile', () => {
    const server = makeServer({
      state: 'waiting',
      attempt: 1,
      next_try_at: T0 + 12 * SECOND,
      last_error: 'ended with code 1',
    });
    const [first, later] = [waitOf(server, T0), waitOf(server, T0 + 5 * SECOND)];
    expect([first, later]).toEqual(['12 s', '7 s']);
    const { id, values } = serverSentence(server, first);
    expect(serverSentence(server, later)).toEqual({ id, values: { ...values, wait: '7 s' } });
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

describe('why a server failed', () => {
  afterEach(() => setLanguage('en', EN));

  test.each([
    ['The server "x" ended with code 1.', 'Endete mit Code 1.'],
    ['was killed by SIGKILL', 'Wurde durch SIGKILL beendet.'],
    [missing, 'Der Befehl „nope“ wurde nicht gefunden. Installieren oder den ganzen Pfad angeben.'],
    [
      'at api.example.com could not be found. Check the address or your network',
      'api.example.com wurde nicht gefunden. Die Adresse oder das Netz prüfen.',
    ],
    [
      'at 127.0.0.1:9 refuses connections: nothing listens there',
      '127.0.0.1:9 nimmt keine Verbindungen an: Dort lauscht nichts.',
    ],
    ['did not answer initialize in time', 'Hat initialize nicht rechtzeitig beantwortet.'],
    ['something new, as a server wrote it {x}', 'Something new, as a server wrote it {x}.'],
  ])('%j is said in the language of the window where that has words for it', (error, german) => {
    expect(errorWords(error)).toBe(errorText(error));
    setLanguage('de', DE);
    expect(errorWords(error)).toBe(german);
  });
});
