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
  /** Writes what waits elsewhere, as part of each commit; what fails of it harms nothing. */
  alongside: () => void = () => {};
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
    const { transactions, sessions, transports, events, live, streams, tasks } = this.deps;
    const { expectToken, expectOwner, handover } = change;
    if (expectToken && !change.sessions?.some(({ session }) => session.session_id === expectToken.session_id)) {
      throw new Error('A change that expects a token must save the session that holds it.');
    }
    return transactions.run(() => {
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
      const numbered = events.append(change.events);
      // Last, so that nothing else happens in a transaction that it may have ended.
      transactions.spare(() => this.alongside());
      return numbered;
    });
  }
}
