import { describe, expect, test, vi } from 'vitest';
import { describeEvent } from '#src/renderer/format/event-words';
import { formatBytes, formatLatency, formatShare } from '#src/renderer/format/number';
import { formatAgo, formatDuration, formatRoughly, formatUntil } from '#src/renderer/format/time';
import {
  kindBesideName,
  processBesideName,
  sessionInPlace,
  sessionName,
  sessionPlace,
  sessionProcess,
  shortFolder,
} from '#src/renderer/format/words';
import { eventSchema, type HoldfastEvent } from '#src/shared/contract/event';
import { sanitiseLocale } from '#src/shared/messages/locale';
import { DAY, HOUR, MINUTE, SECOND } from '#src/shared/model/units';
import { makeReconnect, makeSession, T0 } from './support/make';

// The expected texts are those of one locale, whatever the machine speaks.
vi.hoisted(() => Object.defineProperty(globalThis.navigator, 'language', { value: 'en-US', configurable: true }));

describe('sanitiseLocale', () => {
  test.each([
    ['en-US@posix', 'en-US'],
    ['en_US.UTF-8', 'en-US'],
    ['de_DE@euro', 'de-DE'],
    ['de-AT', 'de-AT'],
    ['C', 'en-US'],
    ['POSIX.UTF-8', 'en-US'],
    ['', 'en-US'],
    [undefined, 'en-US'],
    ['12!', 'en-US'],
  ])('makes %j a tag that Intl takes: %s', (tag, expected) => {
    const locale = sanitiseLocale(tag);
    expect(locale).toBe(expected);
    expect(new Intl.NumberFormat(locale).format(1)).not.toBe('');
  });

  test('lets the whole module load where Intl throws on the browser’s own tag', async () => {
    expect(() => new Intl.NumberFormat('en-US@posix')).toThrow(RangeError);
    vi.stubGlobal('navigator', { language: 'en-US@posix' });
    vi.resetModules();
    try {
      const time = await import('#src/renderer/format/time');
      const number = await import('#src/renderer/format/number');
      expect(time.formatDateTime(T0)).toContain('2026');
      expect(number.formatNumber(10_000)).toBe('10,000');
    } finally {
      vi.unstubAllGlobals();
      vi.resetModules();
    }
  });
});

describe('times', () => {
  test.each([
    [0, '0 ms'],
    [-5, '0 ms'],
    [320.7, '320 ms'],
    [3_000, '3 s'],
    [3_999, '3 s'],
    [2 * MINUTE, '2 min'],
    [2 * MINUTE + 5 * SECOND, '2 min 5 s'],
    [59 * MINUTE + 59_999, '59 min 59 s'],
    [HOUR, '1 h'],
    [HOUR + 5 * MINUTE + 30 * SECOND, '1 h 5 min'],
    [2 * DAY + 3 * HOUR, '2 d 3 h'],
    [2 * DAY + 3 * MINUTE, '2 d'],
  ])('formats %d ms as %s', (ms, text) => {
    expect(formatDuration(ms)).toBe(text);
  });

  test.each([
    [0, '0 s'],
    [59_999, '59 s'],
    [90 * SECOND, '1 min'],
    [25 * HOUR, '1 d'],
  ])('says %d ms roughly as %s', (ms, text) => {
    expect(formatRoughly(ms)).toBe(text);
  });

  test.each([
    [T0 + HOUR, 'now'],
    [T0, 'now'],
    [T0 - 4_999, 'now'],
    [T0 - 5_000, '5 s ago'],
    [T0 - 3 * HOUR, '3 h ago'],
  ])('says how long ago %d was: %s', (at, text) => {
    expect(formatAgo(at, T0)).toBe(text);
  });

  test('says how long until', () => {
    expect(formatUntil(T0 + 12 * SECOND, T0)).toBe('in 12 s');
    expect(formatUntil(T0 - 1, T0)).toBe('now');
  });
});

describe('numbers', () => {
  test.each([
    [0.42, '0.4 ms'],
    [12.6, '13 ms'],
    [1_240, '1.2 s'],
  ])('formats a latency of %d as %s', (ms, text) => {
    expect(formatLatency(ms)).toBe(text);
  });

  test.each([
    [840_000, '840 kB'],
    [63_600_000, '64 MB'],
    [1_240_000_000, '1.2 GB'],
  ])('formats %d bytes as %s', (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text);
  });

  test('never rounds up to everything', () => {
    expect(formatShare(1)).toBe('100%');
    expect(formatShare(0.999999)).toBe('99.99%');
    expect(formatShare(0.5)).toBe('50%');
  });
});

describe('describeEvent', () => {
  test('has words for every kind of the contract', () => {
    const kinds = eventSchema.options.map((option) => option.shape.kind.value);
    const payload = {
      reason: 'user',
      cause: 'token',
      code: 'token_expired',
      door: 'tool',
      downtime_ms: 1,
      latency_ms: 1,
      method: 'ping',
      name: 'x',
      type: 'cursor',
      version: '1',
      client_name: 'x',
      protocol_version: 'p',
      expires_at: T0,
      server: 'counter',
      pid: 7,
      away_ms: 1,
      signal: null,
      calls_lost: 2,
      fields: ['description'],
      tool: 'search',
      error: 'ended with code 1',
      attempt: 1,
      next_try_at: T0,
      children: 1,
      host: 'login.example.com',
      account: 'me@example.com',
      by: 'person',
      revoked: true,
    };
    const own: Readonly<Record<string, object>> = {
      server_started: { cause: 'use' },
      server_stopped: { reason: 'crashed', code: 1 },
      server_configured: { change: 'added' },
      handover_ended: { reason: 'withdrawn' },
      sharing_started: { role: 'host', asks: 'guest' },
      sharing_changed: { asks: 'guest' },
      sharing_ended: { reason: 'stopped', keeps: false },
      servers_file_changed: { usable: false },
      visibility_changed: { change: 'hidden', client_id: null, server: 'github', set: null, count: 3 },
      machine_slept: { from: T0, to: T0 + 1 },
    };
    for (const kind of kinds) {
      const event = { seq: 1, at: T0, session_id: 's', kind, payload: { ...payload, ...own[kind] } };
      const { title, detail } = describeEvent(event as never);
      expect(title, kind).not.toBe('');
      expect(`${title} ${detail}`, kind).not.toMatch(/undefined|NaN|_/);
    }
  });

  test('says how long a client was away and how it came back', () => {
    expect(describeEvent(makeReconnect(1, 3_400))).toEqual({
      title: 'Reconnected after 3 s',
      detail: 'The client used its old session id again.',
      tone: 'good',
    });
  });

  test('says which process of a server it was, how it ended and what was lost', () => {
    const base = { seq: 1, at: T0, session_id: null } as const;
    const instance = { server: 'counter', instance_id: 'i', pid: 812 };
    const stopped = (payload: object) =>
      describeEvent({ ...base, kind: 'server_stopped', payload: { ...instance, ...payload } } as HoldfastEvent);
    expect(stopped({ reason: 'crashed', code: null, signal: 'SIGKILL', calls_lost: 1 })).toEqual({
      title: 'Server counter ended',
      detail: 'Process 812. Ended on its own, by SIGKILL. 1 call got an error instead of an answer.',
      tone: 'bad',
    });
    expect(stopped({ reason: 'idle', code: 0, signal: null, calls_lost: 0 })).toEqual({
      title: 'Server counter stopped',
      detail: 'Process 812. Not in use any more.',
      tone: 'quiet',
    });
    const adopted = { ...base, kind: 'server_adopted', payload: { ...instance, away_ms: 4_100 } } as const;
    expect(describeEvent(adopted).detail).toBe('Process 812 ran for 4 s without Holdfast and kept its state.');
    const again = { ...instance, cause: 'restart', state_lost: true } as const;
    expect(describeEvent({ ...base, kind: 'server_started', payload: again }).detail).toBe(
      'Process 812. Its memory of earlier calls is gone.',
    );
  });

  test('shows a kind of a newer Holdfast by its name', () => {
    expect(describeEvent({ kind: 'session_teleported', payload: {} } as never).title).toBe('session teleported');
  });
});

describe('the process of a session', () => {
  const client_process = {
    pid: 4711,
    started: 'b:1',
    program: 'Claude Code',
    parent: 'zsh',
    folder: '~/shop',
    bridged: false,
  };
  const session = { client_type: 'claude-code', client_name: 'claude-code', client_process } as const;

  test('tells the chats of one program apart', () => {
    expect(sessionProcess(makeSession(session))).toBe('Claude Code in ~/shop, process 4711');
    expect(processBesideName(makeSession(session))).toBe('~/shop, process 4711');
    const homeless = { ...session, client_process: { ...client_process, folder: null } };
    expect(sessionProcess(makeSession(homeless))).toBe('Claude Code, process 4711');
  });

  test('is left out when it is not known', () => {
    expect([sessionProcess(makeSession()), processBesideName(makeSession())]).toEqual(['', '']);
  });
});

describe('shortFolder', () => {
  test.for([
    ['~/shop', '~/shop'],
    ['/srv/builds/2026/holdfast/docs', '…/2026/holdfast/docs'],
    ['/a/one-folder-with-a-very-long-name-of-its-own', '…/one-folder-with-a-very-long-name-of-its-own'],
    ['C:\\Users\\me\\projects\\shop', '…\\me\\projects\\shop'],
  ] as const)('%s is %s', ([folder, shown]) => expect(shortFolder(folder)).toBe(shown));
});

describe('sessionPlace', () => {
  const process = { pid: 4711, started: '1', program: 'claude', parent: null, bridged: false };

  test.for([
    [{ ...process, folder: '~/shop' }, '~/shop', 'process 4711', 'Cursor in ~/shop'],
    [{ ...process, folder: null }, 'Process 4711', '', 'Cursor'],
    [null, 's_abcdef…', '', 'Cursor'],
  ] as const)('%j is %s, %s', ([client_process, main, aside, inPlace]) => {
    const session = makeSession({ session_id: 's_abcdefghijk', client_process });
    expect(sessionPlace(session)).toEqual({ main, aside });
    expect(sessionInPlace(session)).toBe(inPlace);
  });
});

describe('sessionName', () => {
  test.each([
    ['claude-code', 'claude-code', 'Claude Code', ''],
    ['codex', 'codex-mcp-client', 'Codex', ''],
    ['cursor', 'mcp-remote', 'mcp-remote', 'Cursor'],
    ['vscode', '', 'VS Code', 'VS Code'],
    ['other', 'nightly-report', 'nightly-report', ''],
    ['zed', 'Zed', 'Zed', 'zed'],
  ])('of a %s that calls itself %j is %s', (client_type, client_name, name, kind) => {
    const session = makeSession({ client_type, client_name });
    expect(sessionName(session)).toBe(name);
    expect(kindBesideName(session)).toBe(kind);
  });
});
