import type { Session } from '../../../shared/contract/session';
import { isAttached } from '../../../shared/model/session';
import type { Ms } from '../../../shared/model/units';
import { type Command, isPastRetention } from '../decide';
import { lostSince } from '../liveness';
import type { SessionCore } from '../session-core';
import type { StoredSession, TransportRecord } from '../session-ports';
import type { TransportTable } from './transport-table';

/** Finds the session that a client had before it initialized again. */
export class SessionMatching {
  private readonly core: SessionCore;
  private readonly table: TransportTable;
  private readonly awakeNow: () => Ms;
  /** In lived time. */
  private readonly startedAt: Ms;

  constructor(core: SessionCore, table: TransportTable, awakeNow: () => Ms) {
    this.core = core;
    this.table = table;
    this.awakeNow = awakeNow;
    this.startedAt = core.clock.lived();
  }

  /** The session that this new transport brings back; null when there is none, or more than one candidate. */
  sessionOf(record: TransportRecord): StoredSession | null {
    return record.era === 'stateless' ? this.statelessSession(record) : this.droppedSession(record);
  }

  /** Whether this is the only session that the new transport's program could be resuming or using. */
  isOnlyOne(record: TransportRecord, sessionId: string): boolean {
    const { clock, policy, repository } = this.core;
    const resumable = repository.sessions.disconnectedSince(record.client_id, clock.lived() - policy.retention);
    return [...resumable, ...this.core.attached()].every(
      ({ session }) =>
        session.session_id === sessionId || session.client_id !== record.client_id || !isLike(session, record),
    );
  }

  /**
   * The command that records the drop of a session whose client came back within its grace period; null when the drop
   * is already recorded.
   */
  dropOf(session: Session): Command | null {
    if (!isAttached(session.status)) return null;
    const lost = lostSince(this.table.contact(session.session_id)) ?? this.awakeNow();
    const contact_lost_at = this.core.clock.now() - (this.awakeNow() - lost);
    return { type: 'disconnect', reason: 'stream_lost', contact_lost_at };
  }

  /** Whether the session dropped because Holdfast stopped or was killed. */
  isOurDoing({ disconnect_reason }: StoredSession): boolean {
    return disconnect_reason === 'supervisor_stopped' || disconnect_reason === 'supervisor_killed';
  }

  private statelessSession(record: TransportRecord): StoredSession | null {
    const stored = this.core.repository.sessions.newestStatelessOf(record.client_id, record.server);
    const state = stored && this.core.find(stored.session.session_id);
    return state && !isPastRetention(state, this.core.clock.lived(), this.core.policy) ? state : null;
  }

  /** The one session of this client's program that dropped recently. */
  private droppedSession(record: TransportRecord): StoredSession | null {
    const { clock, policy, repository } = this.core;
    const lived = clock.lived();
    const dropped = repository.sessions
      .disconnectedSince(record.client_id, lived - policy.retention)
      .filter((state) => lived - this.droppedAt(state) <= policy.reattachWindow);
    const silent = [...this.core.attached()].filter(
      ({ session }) =>
        session.client_id === record.client_id && lostSince(this.table.contact(session.session_id)) !== null,
    );
    const candidates = [...dropped, ...silent].filter(
      ({ session }) => !session.probe && session.era === 'sessionful' && isLike(session, record),
    );
    return candidates.length === 1 ? (candidates[0] ?? null) : null;
  }

  /** A client cannot come back while Holdfast is down, so the re-attach window begins no earlier than our start. */
  private droppedAt(state: StoredSession): Ms {
    const lost = state.lost_lived ?? 0;
    return this.isOurDoing(state) ? Math.max(this.startedAt, lost) : lost;
  }
}

/** Same program, same address. */
const isLike = (session: Session, record: TransportRecord): boolean =>
  session.server === record.server && session.client_name === record.client_name;
