import type { HoldfastEvent } from '../../../shared/contract/event';
import { HoldfastError } from '../../../shared/errors';
import type { Change, SessionRepository } from '../../sessions/session-ports';
import type { EventLog } from '../events/event-log';
import type { StreamStore } from '../events/stream-store';
import type { LiveRecorder } from '../history/live-recorder';
import type { Transactions } from '../lifecycle/transactions';
import type { TaskStore } from '../task-store';
import type { SessionStore } from './session-store';
import type { TransportStore } from './transport-store';

interface Deps {
  readonly transactions: Transactions;
  readonly sessions: SessionStore;
  readonly transports: TransportStore;
  readonly events: EventLog;
  readonly live: LiveRecorder;
  readonly streams: Pick<StreamStore, 'dropWaiting'>;
  readonly tasks: Pick<TaskStore, 'follow'>;
}

/** The store as the session manager sees it. */
export class SqliteSessionRepository implements SessionRepository {
  readonly sessions: SessionStore;
  readonly transports: TransportStore;
  /**
   * What waits elsewhere and is written as part of a commit; null if nothing does. It may be lost with the commit: whoever returns
   * it writes it later then, and the commit is tried once more without it.
   */
  alongside: () => (() => void) | null = () => null;
  private readonly deps: Deps;

  constructor(deps: Deps) {
    this.sessions = deps.sessions;
    this.transports = deps.transports;
    this.deps = deps;
  }

  /**
   * @throws HoldfastError `token_mismatch` when the expected token is not the stored one, `session_not_found`
   * when it no longer belongs to the expected client, `storage_unavailable` when
   * the file cannot be written at the moment; nothing has changed in either case
   */
  commit(change: Change): HoldfastEvent[] {
    const { transactions } = this.deps;
    const { expectToken } = change;
    if (expectToken && !change.sessions?.some(({ session }) => session.session_id === expectToken.session_id)) {
      throw new Error('A change that expects a token must save the session that holds it.');
    }
    // Part of a larger transaction could not be tried again.
    const more = transactions.isRunning ? null : this.alongside();
    let wentAlong = false;
    try {
      return transactions.run(() => {
        const numbered = this.write(change);
        // Last, so that nothing else happens in a transaction that it may have ended.
        if (more) {
          wentAlong = true;
          transactions.spare(more);
        }
        return numbered;
      });
    } catch (error) {
      if (!wentAlong) throw error;
      // There may be room for the change alone.
      return transactions.run(() => this.write(change));
    }
  }

  private write(change: Change): HoldfastEvent[] {
    const { sessions, transports, events, live, streams, tasks } = this.deps;
    const { expectToken, expectOwner, handover } = change;
    if (expectOwner && sessions.get(expectOwner.session_id)?.session.client_id !== expectOwner.client_id) {
      throw new HoldfastError('session_not_found');
    }
    // In one transaction with the rest: after a kill in between, the new client would get what was meant for the old one.
    if (handover) {
      streams.dropWaiting(handover.session_id);
      tasks.follow(handover.session_id, handover.to);
    }
    const at = change.events.at(-1)?.at;
    if (at !== undefined) live.look(at);
    for (const stored of change.sessions ?? []) {
      const guard = stored.session.session_id === expectToken?.session_id ? expectToken : undefined;
      live.change(sessions.save(stored, guard));
    }
    for (const transport of change.transports ?? []) transports.save(transport);
    return events.append(change.events);
  }
}
