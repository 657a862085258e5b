import type { Activity, FailingCalls, FailureGroup, Moment } from '#src/shared/contract/activity';
import type { AgainPreview, AgainState, Contents, Recording } from '#src/shared/contract/activity-contents';
import type { HoldfastEvent } from '#src/shared/contract/event';
import type { Input, Output } from '#src/shared/contract/index';
import { HoldfastError } from '#src/shared/errors';
import { parseActivityQuery } from '#src/shared/model/activity-query';
import { activityMatches } from '#tests/support/activity-match';

const TOOLS = ['search', 'read_file', 'create_ticket', 'list_branches', 'run_query'];
const SERVERS = ['tickets', 'files', 'github'];

const isBad = ({ outcome }: Activity): boolean => ['tool_error', 'error', 'lost'].includes(outcome);
const patternOf = ({ error }: Activity): string | null => error?.replace(/\d+/g, '#') ?? null;
const groupOf = (row: Activity): string => `${row.server}.${row.name}.${patternOf(row)?.length ?? 0}`;

/** What was called: rows that a test adds, answered as the database would. */
export class WorldActivity {
  readonly rows: Activity[] = [];
  /** What the server wrote around every message. */
  output: Moment['output'] = [];
  /** What happened around a message. */
  events: (activity: Activity) => HoldfastEvent[] = () => [];

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

  failing: FailingCalls | null = null;
  recording: Recording = { servers: [], everything_left_ms: null };
  readonly contents = new Map<number, Contents>();

  again: AgainPreview = { refusal: null, read_only: false };
  /** The call that was made again, until a test ends it. */
  repeated: { id: number; state: AgainState } | null = null;
  /** How often a call was made again. */
  repeatedTimes = 0;
  /** Nothing is said of the call that was made again. */
  isAgainSilent = false;

  handlers() {
    return {
      'activity.again_preview': () => this.again,
      'activity.call_again': ({ activity_id }: Input<'activity.call_again'>) => {
        this.repeatedTimes += 1;
        const state = { is_running: true, outcome: null, result: null, error: null };
        this.repeated = { id: activity_id, state };
        return { call_id: 'again' };
      },
      'activity.again': (): AgainState => {
        if (this.isAgainSilent) throw new HoldfastError('storage_unavailable', 'Nothing is said of it.');
        if (!this.repeated) throw new HoldfastError('activity_not_found');
        return this.repeated.state;
      },
      'activity.cancel_again': () => {
        if (this.repeated) this.repeated.state = { ...this.repeated.state, is_running: false, outcome: 'cancelled' };
        return {};
      },
      'activity.get': ({ activity_id }: Input<'activity.get'>): Output<'activity.get'> => {
        const activity = this.rows.find((row) => row.activity_id === activity_id);
        if (!activity) throw new HoldfastError('activity_not_found');
        return { activity, contents: this.contents.get(activity_id) ?? null };
      },
      'activity.contents': ({ activity_ids }: Input<'activity.contents'>): Output<'activity.contents'> => ({
        contents: activity_ids.flatMap((activity_id) => {
          const found = this.contents.get(activity_id);
          if (!found) return [];
          const { params, result, error } = found;
          return [{ activity_id, request: params?.json ?? null, response: (result ?? error)?.json ?? null }];
        }),
      }),
      'activity.recording': () => this.recording,
      'activity.set_recording': ({ minutes, servers = {} }: Input<'activity.set_recording'>) => {
        const names = new Set(this.recording.servers);
        for (const [name, isOn] of Object.entries(servers)) isOn ? names.add(name) : names.delete(name);
        const left = minutes === undefined ? this.recording.everything_left_ms : minutes * 60_000 || null;
        this.recording = { servers: [...names].sort(), everything_left_ms: left };
        return this.recording;
      },
      'activity.list': (query: Input<'activity.list'>): Output<'activity.list'> => {
        const { before, after, newest = false, limit = 200 } = query;
        const fits = this.fitting(query).filter(
          ({ activity_id: id }) => (before === undefined || id < before) && (after === undefined || id > after),
        );
        const ordered = after === undefined || newest ? fits.toReversed() : fits;
        return { activity: ordered.slice(0, limit), has_more: ordered.length > limit, last_id: this.rows.length };
      },
      'activity.news': ({ after, ...query }: Input<'activity.news'>): Output<'activity.news'> => ({
        count: Math.min(1_000, this.fitting(query).filter(({ activity_id: id }) => id > after).length),
      }),
      'activity.around': ({ activity_id }: Input<'activity.around'>): Output<'activity.around'> => {
        const activity = this.rows.find((row) => row.activity_id === activity_id);
        return { moment: activity ? { activity, events: this.events(activity), output: this.output } : null };
      },
      'activity.failing': () => ({ failing: this.failing }),
      'activity.failures': (query: Input<'activity.failures'>): Output<'activity.failures'> => {
        const groups = new Map<string, FailureGroup>();
        for (const row of this.fitting({ ...query, failed: true })) {
          const { activity_id: last_id, at: last_at, server, method, name, outcome, error_code, error } = row;
          const group_id = groupOf(row);
          const count = (groups.get(group_id)?.count ?? 0) + 1;
          const pattern = patternOf(row);
          groups.set(group_id, {
            group_id,
            count,
            last_id,
            last_at,
            server,
            method,
            name,
            outcome,
            error_code,
            error,
            pattern,
          });
        }
        const sorted = [...groups.values()].sort((a, b) => b.count - a.count || b.last_id - a.last_id);
        const failed = sorted.reduce((sum, { count }) => sum + count, 0);
        return { groups: sorted.slice(0, query.limit ?? 20), failed, kinds: sorted.length, is_partial: false };
      },
    };
  }

  /** The rows that a filter leaves, oldest first. */
  private fitting(query: Input<'activity.failures'>): Activity[] {
    const { q = '', failed = false, session_id, server, group, from, to } = query;
    const { terms } = parseActivityQuery(q);
    return this.rows.filter(
      (row) =>
        (!failed || isBad(row)) &&
        (session_id === undefined || row.session_id === session_id) &&
        (server === undefined || row.server === server) &&
        (group === undefined || (isBad(row) && groupOf(row) === group)) &&
        (from === undefined || row.at >= from) &&
        (to === undefined || row.at < to) &&
        activityMatches(row, terms),
    );
  }
}
