import type { Client } from '../../../shared/contract/client';
import { HoldfastError } from '../../../shared/errors';
import { hasEnded, isAttached } from '../../../shared/model/session';
import { type Command, isPastRetention } from '../decide';
import type { Extra, SessionCore, Step } from '../session-core';
import type { StoredSession } from '../session-ports';
import type { LiveTransport } from './live-transport';
import type { SessionMatching } from './session-matching';
import type { SessionTransports } from './session-transports';
import { spokenOn, traffic } from './spoken-on';

/** The ways in which a transport comes into a session: a new one, one that its client uses, or one that it comes back to. */
export class SessionEntry {
  private readonly core: SessionCore;
  private readonly transports: SessionTransports;
  private readonly matching: SessionMatching;

  constructor(core: SessionCore, transports: SessionTransports, matching: SessionMatching) {
    this.core = core;
    this.transports = transports;
    this.matching = matching;
  }

  /** Creates the session that is reserved for the transport. */
  create(
    transport: LiveTransport,
    work: boolean,
    client: Client,
    also: { extra?: Extra; commands?: readonly Command[]; others?: readonly Step[] } = {},
  ): StoredSession {
    const { client_id, client_name, client_version, client_process, era, protocol_version, transport_id } =
      transport.record;
    const session_id = transport.record.reserved_session_id;
    const bound = this.transports.bound(transport, session_id);
    const state = this.core.create(
      {
        at: this.core.clock.now(),
        session_id,
        kind: 'session_created',
        payload: {
          client_id,
          client_name,
          client_version,
          client_process,
          era,
          protocol_version,
          transport_id,
          client_type: client.type,
          probe: !work,
          server: transport.record.server,
        },
      },
      { ...also.extra, transports: [bound] },
      also.commands,
      also.others,
    );
    this.transports.committed(bound, []);
    return state;
  }

  /** Adds a transport to an attached session, or brings the session back if it has dropped in the meantime. */
  attach(
    transport: LiveTransport,
    sessionId: string,
    how: { work: boolean; supersede?: boolean; others?: readonly Step[] },
  ): StoredSession {
    const { session } = this.core.load(sessionId);
    const bound = this.transports.bound(transport, sessionId);
    const { transport_id, era, protocol_version, client_process } = bound;
    const { work } = how;
    const command: Command = isAttached(session.status)
      ? { type: 'attach', transport_id, era, protocol_version, client_process, work }
      : { ...traffic(transport), work };
    const superseded = how.supersede ? this.transports.superseded(bound) : [];
    const transports = [bound, ...superseded];
    const [state] = this.core.runAll([{ sessionId, command }, ...(how.others ?? [])], { transports });
    this.transports.committed(bound, superseded);
    return state ?? this.core.load(sessionId);
  }

  /** The client initialized again and its dropped session is known: one reconnect, however many transports it opens. */
  reinitialize(transport: LiveTransport, back: StoredSession, work: boolean): StoredSession {
    const { session } = back;
    const sessionId = session.session_id;
    const silent = this.matching.dropOf(session);
    if (silent) this.core.run(sessionId, silent);
    const bound = this.transports.bound(transport, sessionId);
    const superseded = this.transports.superseded(bound);
    const isRestored = this.matching.isOurDoing(back);
    const cause = bound.era === 'stateless' ? (isRestored ? 'restored' : 'resumed') : 'reinitialized';
    const command: Command = {
      type: 'reconnect',
      cause,
      door: 'mcp',
      afterRestart: isRestored,
      ...spokenOn(bound),
    };
    let state = this.core.run(sessionId, command, { transports: [bound, ...superseded] });
    this.transports.expectParallel(transport.record, sessionId);
    this.transports.committed(bound, superseded);
    if (work && state.session.probe) state = this.core.run(sessionId, { ...traffic(transport), work });
    return state;
  }

  /**
   * Goes on with the session that the transport is bound to.
   * @throws HoldfastError `session_not_found` when the session has ended, or was kept for as long as it may be
   */
  goOn(transport: LiveTransport, state: StoredSession, work: boolean): StoredSession {
    const { session_id: sessionId } = state.session;
    if (hasEnded(state.session.status)) throw new HoldfastError('session_not_found');
    if (isPastRetention(state, this.core.clock.lived(), this.core.policy)) {
      this.transports.endAll([{ sessionId, command: { type: 'expire' } }]);
      throw new HoldfastError('session_not_found');
    }
    const afterRestart = this.matching.isOurDoing(state);
    const next = this.core.run(sessionId, { ...traffic(transport), work, afterRestart });
    // The client came back on an old transport, so no new one is expected.
    this.transports.expected.withdrawUnnamed(sessionId);
    if (!isAttached(state.session.status)) this.transports.expectParallel(transport.record, sessionId, true);
    return next;
  }
}
