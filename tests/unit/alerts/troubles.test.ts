import { describe, expect, test } from 'vitest';
import { isQuiet } from '#src/main/alerts/quiet';
import { type ServerFacts, troublesOf } from '#src/main/alerts/troubles';
import { alertChangeSchema, keptAlertSettingsSchema } from '#src/shared/contract/alert';
import type { DisconnectReason } from '#src/shared/contract/event';
import type { Session } from '#src/shared/contract/session';
import { DE } from '#src/shared/messages/de';
import { sayIn } from '#src/shared/messages/language';
import { alertSentence } from '#src/shared/model/alert-sentence';
import { newSession } from '#src/shared/model/session';

const NOW = Date.UTC(2026, 0, 1, 12);

const session = (more: Partial<Session>): Session => ({
  ...newSession({
    at: NOW,
    session_id: 's_1',
    kind: 'session_created',
    payload: {
      client_id: 'c_1',
      client_type: 'claude-code',
      client_name: 'claude-code',
      client_version: '1',
      era: 'sessionful',
      protocol_version: '2025-11-25',
      transport_id: 't_1',
      probe: false,
      server: null,
    },
  }),
  ...more,
});

const kindsOf = (sessions: Session[], servers: ServerFacts[], reason: DisconnectReason | null = 'stream_lost') =>
  troublesOf({ sessions, servers, reasonOf: () => reason }, [], NOW).map(({ kind }) => kind);

const server = (more: Partial<ServerFacts>): ServerFacts => ({
  name: 'files',
  state: 'running',
  attempt: 0,
  heldCalls: 0,
  changedTools: 0,
  ...more,
});

describe('a session', () => {
  test.each<[DisconnectReason, string[]]>([
    ['stream_lost', ['session_dropped']],
    ['supervisor_killed', ['session_dropped']],
    ['client_ended', []],
    ['quiet', []],
    ['user', []],
    ['supervisor_stopped', []],
  ])('that is disconnected because of %s is worth %j', (reason, kinds) => {
    expect(kindsOf([session({ status: 'disconnected', disconnected_at: NOW })], [], reason)).toEqual(kinds);
  });

  test('that keeps dropping is one thing, not two', () => {
    const recent_reconnects = [1, 2, 3, 4, 5].map((second) => NOW - second);
    expect(kindsOf([session({ status: 'disconnected', recent_reconnects })], [])).toEqual(['session_flapping']);
  });
});

describe('a server', () => {
  test.each<[Partial<ServerFacts>, string[]]>([
    [{}, []],
    [{ state: 'stopped' }, []],
    [{ state: 'disabled' }, []],
    [{ state: 'starting' }, []],
    [{ state: 'starting', attempt: 3 }, ['server_down']],
    [{ state: 'waiting', attempt: 1 }, ['server_down']],
    [{ state: 'circuit_open' }, ['server_down']],
    [{ state: 'broken' }, ['server_down']],
    [{ state: 'untrusted' }, ['confirmation_needed']],
    [{ state: 'needs_login' }, ['login_needed']],
    [{ state: 'needs_login', heldCalls: 2 }, ['call_held']],
    [{ changedTools: 1 }, ['tools_changed']],
    [{ state: 'stopped', changedTools: 2 }, ['tools_changed']],
    [{ state: 'disabled', changedTools: 2 }, []],
  ])('of %j is worth %j', (facts, kinds) => {
    expect(kindsOf([], [server(facts)])).toEqual(kinds);
  });

  test('with held calls needs a login for whoever does not want to hear of held calls', () => {
    const facts = { sessions: [], servers: [server({ state: 'needs_login', heldCalls: 1 })], reasonOf: () => null };
    expect(troublesOf(facts, ['call_held'], NOW).map(({ kind }) => kind)).toEqual(['login_needed']);
  });
});

describe('what an alert says', () => {
  const away = { status: 'disconnected', disconnected_at: NOW } as const;
  const said = (sessions: Session[], servers: ServerFacts[]) =>
    troublesOf({ sessions, servers, reasonOf: () => 'stream_lost' }, [], NOW).map((trouble) => [
      trouble.sentence,
      alertSentence(trouble, sayIn('de', DE)),
    ]);

  test.each<[Partial<ServerFacts>, string, string]>([
    [
      { state: 'waiting', attempt: 1 },
      'Server “files” is down and does not come back by itself.',
      'Server „files“ ist ausgefallen und kommt nicht von selbst zurück.',
    ],
    [
      { state: 'broken' },
      'Server “files” can’t start: its entry is broken.',
      'Server „files“ kann nicht starten: Der Eintrag ist fehlerhaft.',
    ],
    [
      { state: 'needs_login', heldCalls: 2 },
      '2 calls are waiting for a login to server “files”.',
      '2 Aufrufe warten auf eine Anmeldung bei Server „files“.',
    ],
    [
      { changedTools: 1 },
      'Server “files” changed a tool that was used.',
      'Server „files“ hat ein benutztes Tool geändert.',
    ],
  ])('of a server with %j is English on the wire, and in the language of who reads it', (facts, english, german) => {
    expect(said([], [server(facts)])).toEqual([[english, german]]);
  });

  test('of a client without a name has words for that in each language', () => {
    expect(said([session({ ...away, client_type: 'other', client_name: '' })], [])).toEqual([
      [
        'Unnamed client dropped and has not come back. Its session is waiting.',
        'Client ohne Namen ist weg und nicht zurückgekommen. Die Sitzung wartet.',
      ],
    ]);
  });

  test('of a client cannot turn a line around', () => {
    const [[english = '', german = ''] = []] = said(
      [session({ ...away, client_type: 'other', client_name: 'a\u202eb' })],
      [],
    );
    expect(english).toMatch(/^a\\u202eb /);
    expect(german).toMatch(/^a\\u202eb /);
  });
});

test.each([
  ['22:00', '07:00', 23, true],
  ['22:00', '07:00', 6, true],
  ['22:00', '07:00', 7, false],
  ['22:00', '07:00', 12, false],
  ['12:00', '13:00', 12, true],
  ['12:00', '13:00', 13, false],
  ['12:00', '12:00', 12, false],
])('quiet hours from %s to %s hold at %i: %s', (from, to, hour, quiet) => {
  const settings = keptAlertSettingsSchema.parse({ quiet_hours: { from, to } });
  expect(isQuiet(settings, new Date(2026, 5, 1, hour).getTime())).toBe(quiet);
});

test.each([
  ['https://example.com/hook', true],
  ['http://127.0.0.1:9000/', true],
  ['http://localhost/', true],
  ['http://[::1]/', true],
  ['http://example.com/', false],
  ['http://127.0.0.1.example.com/', false],
  ['https://name:password@example.com/', false],
  ['file:///etc/passwd', false],
  ['nothing', false],
])('the webhook %s is accepted: %s', (webhook, accepted) => {
  expect(alertChangeSchema.safeParse({ webhook }).success).toBe(accepted);
});
