import type { Client } from '../../../shared/contract/client';
import type { ClientProcess } from '../../../shared/contract/client-process';
import type { Session } from '../../../shared/contract/session';
import { isSameProcess } from '../../../shared/model/client-process';
import { isAttached } from '../../../shared/model/session';
import type { Ms } from '../../../shared/model/units';
import { type Command, isPastRetention } from '../decide';
import { lostSince } from '../liveness';
import type { SessionCore } from '../session-core';
import type { StoredSession, TransportRecord } from '../session-ports';
import { comesBackAnew } from './client-programs';
import type { GoneProcesses } from './gone-processes';
import type { TransportTable } from './transport-table';

/** A session that its client has left, or seems to have left, with the transports it may still use. */
interface Candidate {
  readonly state: StoredSession;
  readonly transports: readonly TransportRecord[];
}

/**
 * Finds the session that a client had before it initialized again. Nobody else's session is ever given away on a guess:
 * a wrong guess would hand over what belongs to another chat, while a missed one only starts afresh.
 */
export class SessionMatching {
  private readonly core: SessionCore;
  private readonly table: TransportTable;
  private readonly gone: GoneProcesses;
  private readonly awakeNow: () => Ms;
  /** In lived time. */
  private readonly startedAt: Ms;
  /** On the wall clock. */
  private readonly startedOn: Ms;

  constructor(core: SessionCore, table: TransportTable, gone: GoneProcesses, awakeNow: () => Ms) {
    this.core = core;
    this.table = table;
    this.gone = gone;
    this.awakeNow = awakeNow;
    this.startedAt = core.clock.lived();
    this.startedOn = core.clock.now();
  }

  /** The session that this new transport brings back; null when there is none, or more than one candidate. */
  sessionOf(record: TransportRecord, client: Client): StoredSession | null {
    if (record.era === 'stateless') return this.statelessSession(record);
    const candidates = this.candidates(record);
    const { client_process } = record;
    if (client_process === null) return this.ofUnknown(candidates);
    return (
      this.ofProcess(candidates, record, client_process) ??
      (client.new_process === 'last_session' ? this.lastOfFolder(candidates, client_process) : null)
    );
  }

  /**
   * How long it takes until {@link sessionOf} can tell for this transport; 0 if it can now. It cannot for a few seconds
   * after a restart, while the transport may be a second chat of a process whose first one is about to come back.
   */
  undecidedFor(record: TransportRecord): Ms {
    const { client_process: process, client_name, era } = record;
    const left = this.startedAt + this.core.policy.streamReturn - this.core.clock.lived();
    if (left <= 0 || era === 'stateless' || process === null || process.bridged || comesBackAnew(client_name)) return 0;
    const isOpen = this.candidates(record).some(
      ({ state, transports }) =>
        this.wasShortRestart(state) &&
        transports.some(({ stream }) => stream === 'open') &&
        processesOf(state, transports).every((one) => one && isSameProcess(one, process)),
    );
    return isOpen ? left : 0;
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

  /** Sessions of this client's program that are kept and show no sign of their client. */
  private candidates(record: TransportRecord): Candidate[] {
    const { clock, policy, repository } = this.core;
    const waiting = repository.sessions.disconnectedSince(record.client_id, clock.lived() - policy.retention);
    const silent = [...this.core.attached()].filter(
      ({ session }) =>
        session.client_id === record.client_id && lostSince(this.table.contact(session.session_id)) !== null,
    );
    return [...waiting, ...silent]
      .filter(({ session }) => !session.probe && session.era === 'sessionful' && isLike(session, record))
      .map((state) => ({ state, transports: repository.transports.openOf(state.session.session_id) }));
  }

  /** The session of this very process. */
  private ofProcess(
    candidates: readonly Candidate[],
    record: TransportRecord,
    process: ClientProcess,
  ): StoredSession | null {
    const isOneChat = process.bridged || comesBackAnew(record.client_name);
    const own = candidates
      .filter(({ state, transports }) =>
        processesOf(state, transports).every((one) => one && isSameProcess(one, process)),
      )
      .filter((candidate) => isOneChat || this.mayComeBackAnew(candidate))
      .map(({ state }) => state);
    const [first] = own;
    if (own.length <= 1) return first ?? null;
    // Of several, the one that was in use when Holdfast stopped.
    const [interrupted, ...others] = own.filter((state) => this.isOurDoing(state));
    return others.length === 0 ? (interrupted ?? null) : null;
  }

  /**
   * Whether a program that may hold several chats in one process can have begun this one again. A stream that such a
   * program closes was closed on purpose, with its chat. One that was cut by a restart comes back on its own if its
   * client is still there and was not left alone for too long; only if it does not, the client is free to begin again.
   */
  private mayComeBackAnew({ state, transports }: Candidate): boolean {
    if (transports.some(({ stream }) => stream === 'closed')) return false;
    if (!transports.some(({ stream }) => stream === 'open')) return true;
    return this.wasShortRestart(state) && this.core.clock.lived() >= this.startedAt + this.core.policy.streamReturn;
  }

  private wasShortRestart(state: StoredSession): boolean {
    // A clock that was set meanwhile makes it look long, or negative; then nothing is sure.
    const away = this.startedOn - (state.session.disconnected_at ?? 0);
    return this.isOurDoing(state) && away >= 0 && away <= this.core.policy.streamRetries;
  }

  /** The session that was used last by a process in the same folder that has ended since. */
  private lastOfFolder(candidates: readonly Candidate[], { folder }: ClientProcess): StoredSession | null {
    const left = candidates.filter(({ state, transports }) =>
      processesOf(state, transports).every((one) => one !== null && one.folder === folder && this.gone.has(one)),
    );
    const newestFirst = left
      .map(({ state }) => state)
      .sort((a, b) => b.session.last_activity - a.session.last_activity);
    return newestFirst[0] ?? null;
  }

  /**
   * For a process that cannot be known: the one session whose process is known to have ended, or that was silent for the
   * whole re-attach window. Nobody waits for it any longer then, but it was in use until recently.
   */
  private ofUnknown(candidates: readonly Candidate[]): StoredSession | null {
    const now = this.core.clock.lived();
    const { reattachWindow, quietAfter } = this.core.policy;
    const left = candidates.filter(({ state, transports }) => {
      const silence = now - this.droppedAt(state);
      if (silence > quietAfter) return false;
      return processesOf(state, transports).every((one) =>
        one === null ? silence >= reattachWindow : this.gone.has(one),
      );
    });
    return left.length === 1 ? (left[0]?.state ?? null) : null;
  }

  /** A client cannot come back while Holdfast is down, so its silence begins no earlier than our start. */
  private droppedAt(state: StoredSession): Ms {
    if (isAttached(state.session.status)) return this.core.clock.lived();
    const lost = state.lost_lived ?? 0;
    return this.isOurDoing(state) ? Math.max(this.startedAt, lost) : lost;
  }
}

/** Same program, same address. */
const isLike = (session: Session, record: TransportRecord): boolean =>
  session.server === record.server && session.client_name === record.client_name;

/** The processes that may still use the session, null for one that is not known; never empty. */
const processesOf = (
  { session }: StoredSession,
  transports: readonly TransportRecord[],
): readonly (ClientProcess | null)[] =>
  transports.length === 0 ? [session.client_process] : transports.map(({ client_process }) => client_process);
