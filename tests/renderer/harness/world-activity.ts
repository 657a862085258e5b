import type { Activity } from '#src/shared/contract/activity';
import type { Input, Output } from '#src/shared/contract/index';

const TOOLS = ['search', 'read_file', 'create_ticket', 'list_branches', 'run_query'];
const SERVERS = ['tickets', 'files', 'github'];

/** What was called: rows that a test adds, answered as the database would. */
export class WorldActivity {
  readonly rows: Activity[] = [];

  /** Adds calls, the last one the newest: each third by another server, each seventh with an error of its tool. */
  add(count: number, of: Partial<Activity> = {}): void {
    for (let n = 0; n < count; n += 1) {
      const activity_id = this.rows.length + 1;
      const isBad = activity_id % 7 === 0;
      this.rows.push({
        activity_id,
        at: Date.now() - (count - n) * 1_000,
        session_id: null,
        transport_id: null,
        client_id: null,
        direction: 'to_server',
        kind: 'request',
        method: 'tools/call',
        name: TOOLS[activity_id % TOOLS.length] ?? null,
        server: SERVERS[activity_id % SERVERS.length] ?? null,
        instance_id: 'i_1',
        pid: 4711,
        duration_ms: 12 + (activity_id % 300),
        first_ms: 12 + (activity_id % 300),
        bytes_in: 120,
        bytes_out: 4_200,
        outcome: isBad ? 'tool_error' : 'ok',
        error: isBad ? 'No such ticket: 4711' : null,
        error_code: null,
        held_ms: 0,
        repeated: false,
        ...of,
      });
    }
  }

  handlers() {
    return {
      'activity.list': (query: Input<'activity.list'>): Output<'activity.list'> => {
        const { text = '', failed = false, session_id, server, from, to, before, after, limit = 200 } = query;
        const fits = this.rows.filter(
          (row) =>
            (!failed || ['tool_error', 'error', 'lost'].includes(row.outcome)) &&
            (session_id === undefined || row.session_id === session_id) &&
            (server === undefined || row.server === server) &&
            (from === undefined || row.at >= from) &&
            (to === undefined || row.at < to) &&
            (before === undefined || row.activity_id < before) &&
            (after === undefined || row.activity_id > after) &&
            `${row.method} ${row.name} ${row.server} ${row.error}`.toLowerCase().includes(text.toLowerCase()),
        );
        const ordered = after === undefined ? fits.toReversed() : fits;
        return { activity: ordered.slice(0, limit), has_more: ordered.length > limit };
      },
    };
  }
}
