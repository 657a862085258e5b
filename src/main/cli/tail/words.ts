import type { Alert } from '../../../shared/contract/alert';
import type { HoldfastEvent } from '../../../shared/contract/event';
import type { MonitorMessage } from '../../../shared/contract/monitor-messages';
import type { Session } from '../../../shared/contract/session';
import { spanWords } from '../print';

/** Formats a message as one line: time, subject, what happened. Null for messages that people need not see. */
export function lineOf(message: MonitorMessage): string | null {
  switch (message.type) {
    case 'session_created':
    case 'session_updated':
    case 'session_disconnected':
    case 'session_reconnected': {
      const { session, event } = message.data;
      const at = event?.at ?? session.last_activity;
      return line(at, subject(session), event ? eventWords(event) : `is ${session.status} now`);
    }
    case 'notice': {
      const { event } = message.data;
      return line(
        event.at,
        'server' in event.payload && event.payload.server ? event.payload.server : 'Holdfast',
        eventWords(event),
      );
    }
    default:
      return null;
  }
}

/** Formats an alert as one line: when it began, or ended, and what. */
export function alertLine({ about, since, ended_at, sentence }: Alert): string {
  const subject = about === null ? 'Holdfast' : 'session' in about ? about.session.slice(0, 8) : about.server;
  return line(ended_at ?? since, subject, ended_at === null ? sentence : `Over: ${sentence}`);
}

const line = (at: number, about: string, what: string): string =>
  `${new Date(at).toLocaleTimeString('en-GB')}  ${about.padEnd(28)}  ${what}`;

const subject = ({ client_name, client_type, session_id }: Session): string =>
  `${(client_name || client_type).slice(0, 18)} ${session_id.slice(0, 8)}`;

function eventWords(event: HoldfastEvent): string {
  const words = event.kind.replaceAll('_', ' ');
  switch (event.kind) {
    case 'session_reconnected': {
      const { cause, downtime_ms, reconnect_count } = event.payload;
      return `reconnected, ${cause}, after ${spanWords(downtime_ms)}, ${reconnect_count} so far`;
    }
    case 'session_disconnected':
    case 'session_closed':
      return `${words}, ${event.payload.reason.replaceAll('_', ' ')}`;
    case 'call_completed': {
      const { method, name, ok, latency_ms } = event.payload;
      return `${method}${name ? ` ${name}` : ''}${ok ? '' : ' FAILED'}, ${latency_ms.toFixed(1)} ms`;
    }
    case 'reconnect_rejected':
      return `${words}: ${event.payload.code}`;
    case 'client_key_ended':
      return `${words}: ${event.payload.name}, ${event.payload.reason.replaceAll('_', ' ')}`;
    case 'client_key_renewed':
    case 'client_created':
    case 'client_removed':
      return `${words}: ${event.payload.name}`;
    case 'supervisor_started':
      return `${words}, version ${event.payload.version}; the stop before was ${event.payload.previous_stop}`;
    case 'machine_slept':
      return `the machine slept for ${spanWords(event.payload.to - event.payload.from)}`;
    case 'server_started':
      return `${words}, ${event.payload.cause}${processWords(event.payload.pid)}${event.payload.state_lost ? ', its state is lost' : ''}`;
    case 'server_adopted':
      return `${words}${processWords(event.payload.pid)}, alone for ${spanWords(event.payload.away_ms)}`;
    case 'server_stopped':
      return `${words}, ${event.payload.reason.replaceAll('_', ' ')}${processWords(event.payload.pid)}`;
    case 'server_unavailable':
      return `${words}: ${event.payload.error}`;
    case 'server_configured':
      return `${words}: ${event.payload.change}`;
    case 'server_tool_changed':
      return `${words}: ${event.payload.tool}, its ${event.payload.fields.join(', ')}`;
    case 'server_version_changed':
      return `${words}: from ${event.payload.from} to ${event.payload.to}`;
    case 'server_change_accepted':
      return `${words}: ${event.payload.tool ?? 'all'}`;
    case 'login_needed': {
      const { host, reason } = event.payload;
      return `needs a login${host === null ? '' : ` at ${host}`}: ${reason}`;
    }
    case 'logged_in': {
      const { account, by } = event.payload;
      return `logged in${account === null ? '' : ` as ${account}`}${by === 'machine' ? ', by itself' : ''}`;
    }
    case 'logged_out':
      return event.payload.revoked
        ? 'logged out, its tokens are revoked'
        : 'logged out, its tokens are forgotten here but not confirmed as revoked';
    case 'visibility_changed': {
      const { change, count, server, set } = event.payload;
      if (set !== null) return `${change.replaceAll('_', ' ')}: ${set}`;
      if (change === 'set_chosen') return 'set of a client taken away';
      if (change === 'search_chosen') return 'a client finds tools by search';
      return `${count} ${change}${server === null ? '' : ` of ${server}`}`;
    }
    case 'servers_file_changed':
      return event.payload.usable
        ? 'servers.json can be used again'
        : 'servers.json cannot be used; what was read before stays in force';
    default:
      return words;
  }
}

const processWords = (pid: number | null): string => (pid === null ? '' : `, process ${pid}`);
