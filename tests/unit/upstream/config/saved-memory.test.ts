import { expect, test } from 'vitest';
import { parseFile } from '#src/main/upstream/config/file/file-text';
import { resolveEntry } from '#src/main/upstream/config/resolve';
import type { ServerRunState } from '#src/main/upstream/config/server-runtime';
import { NO_VALUES } from '#src/main/upstream/config/server-values';
import { savedBytes, viewOf } from '#src/main/upstream/config/server-view';
import type { Server, ServerPolicy } from '#src/shared/contract/server';
import { NO_LOGIN } from '#src/shared/model/no-login';

function server(policy: ServerPolicy, sessions: number, rss: number | null): Server {
  const parsed = parseFile(JSON.stringify({ mcpServers: { a: { command: 'x', policy } } }), 'f');
  const [entry] = parsed.ok ? parsed.file.entries : [];
  if (!entry) throw new Error('no entry');
  const configured = resolveEntry(entry, {
    environment: {},
    valuesOf: () => NO_VALUES,
    isLocked: () => false,
    isTrusted: () => true,
    changedSince: () => [],
    isOwn: () => false,
    readKey: () => '',
  });
  const running: ServerRunState = {
    state: 'running',
    sessions_using: sessions,
    running_calls: 0,
    restarts: 0,
    attempt: 0,
    stderr_tail: [],
    last_error: null,
    last_error_at: null,
    next_try_at: null,
    server_info: null,
    protocol_version: null,
    list_remarks: { shown: [], more: 0 },
    tool_changes: { changed: 0, unseen: 0, held: 0, version: false },
    login: NO_LOGIN,
    instances: [
      {
        instance_id: 'i',
        session_id: null,
        pid: 1,
        state: 'running',
        started_at: 0,
        restarts: 0,
        rss_bytes: rss,
        cpu_percent: null,
      },
    ],
  };
  return viewOf(configured, running);
}

test.each([
  ['nothing is shared', [server('per-session', 5, 100)], null],
  ['no memory is known', [server('shared', 5, null)], null],
  ['one session uses it', [server('shared', 1, 100)], 0],
  ['nobody uses it', [server('lazy', 0, 100)], 0],
  ['many use several', [server('shared', 4, 100), server('lazy', 3, 10), server('per-session', 9, 1)], 320],
])('memory that sharing saves when %s', (_what, servers, bytes) => {
  expect(savedBytes(servers)).toBe(bytes);
});
