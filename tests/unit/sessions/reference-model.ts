import { OFFER_LIFE } from '#src/main/sessions/handover/offers';
import type { ReconnectCause, SessionStatus, SharingRole, StatusBreakdown } from '#src/shared/contract/session';
import { MOST_PINNED, type SessionPolicy } from '#src/shared/model/policy';
import { type Ms, SECOND } from '#src/shared/model/units';

/** What the specification says a session is, in the plainest words: no events, no database, nothing shared with the code. */
export interface ModelSession {
  client: number;
  name: string;
  /** The process of its client that was there last. */
  process: number;
  /** Kept whatever time does to it. */
  pinned: boolean;
  /** What a person calls it; empty without a name. */
  label: string;
  status: SessionStatus;
  degraded: boolean;
  probe: boolean;
  reconnect_count: number;
  last_reconnect_cause: ReconnectCause | null;
  last_activity: Ms;
  disconnected_at: Ms | null;
  /** In time during which Holdfast ran. */
  lostLived: Ms;
  calls: number;
  errors: number;
  /** Lost by our own stop or kill. */
  ourDoing: boolean;
  /** Awake time of the last sign of life that came over no transport of it. */
  touched: Ms;
  generation: number;
  used: number;
  revoked: number;
  rotatedAt: Ms;
  canReplay: boolean;
  /** Whose next transport belongs to it: of this program and process, or any of its client's if the name is null. */
  expected: { name: string | null; process?: number; until: Ms; onlyIfAlone?: boolean } | null;
  offer: ModelOffer | null;
  sharing: { other: ModelSession; role: SharingRole; asks: SharingRole } | null;
}

/** To whom a session is offered; an invitation is a token for it. */
export interface ModelOffer {
  session: ModelSession;
  client: number;
  invited: boolean;
  /** Who is asked, if it is to be shared. */
  share: SharingRole | null;
  expiresAt: Ms;
}

export interface ModelTransport {
  client: number;
  name: string;
  process: number;
  session: ModelSession | null;
  ended: boolean;
  streams: number;
  inFlight: number;
  heard: Ms;
  traffic: Ms;
  lostAt: Ms | null;
}

export interface ModelToken {
  session: ModelSession;
  generation: number;
  /** Seconds. */
  exp: number;
  /** A newer one was issued before it was used. */
  superseded: boolean;
}

const onlyOne = <T>(list: readonly T[]): T | undefined => (list.length === 1 ? list[0] : undefined);

const NEVER = Number.NEGATIVE_INFINITY;

export class ReferenceModel {
  readonly sessions: ModelSession[] = [];
  readonly transports: ModelTransport[] = [];
  readonly tokens: ModelToken[] = [];
  readonly invitations: ModelOffer[] = [];
  /** Processes that Holdfast has seen end since it started. */
  private readonly gone = new Set<number>();
  private readonly policy: SessionPolicy;
  private wall: Ms;
  private awake: Ms = 0;
  /** How long Holdfast was stopped, in all. */
  private off: Ms = 0;

  constructor(policy: SessionPolicy, wall: Ms) {
    this.policy = policy;
    this.wall = wall;
  }

  get counts(): StatusBreakdown {
    const counts: StatusBreakdown = { active: 0, idle: 0, disconnected: 0, expired: 0, closed: 0 };
    for (const session of this.sessions) if (!session.probe) counts[session.status] += 1;
    return counts;
  }

  transportsOf(session: ModelSession): ModelTransport[] {
    return this.transports.filter((transport) => transport.session === session && !transport.ended);
  }

  private get lived(): Ms {
    return this.wall - this.off;
  }

  pass(ms: Ms): void {
    this.wall += ms;
    this.awake += ms;
  }

  sleep(ms: Ms): void {
    this.wall += ms;
  }

  open(client: number, name: string, process: number): void {
    const [session, ended, streams, inFlight, lostAt] = [null, false, 0, 0, null];
    this.transports.push({
      client,
      name,
      process,
      session,
      ended,
      streams,
      inFlight,
      heard: this.awake,
      traffic: this.awake,
      lostAt,
    });
  }

  /** What offering the session must lead to: a code, or null. */
  offer(session: ModelSession, client: number, invited: boolean, share: SharingRole | null): string | null {
    if (this.isOver(session)) return 'session_over';
    if (session.sharing) return 'session_is_shared';
    const isWaiting = (offer: ModelOffer | null) => offer?.client === client && !offer.invited && this.isOpen(offer);
    if (!invited && this.sessions.some((other) => other !== session && isWaiting(other.offer)))
      return 'handover_pending';
    // A token counts whole seconds.
    const from = invited ? Math.floor(this.wall / SECOND) * SECOND : this.wall;
    session.offer = { session, client, invited, share, expiresAt: from + OFFER_LIFE };
    return null;
  }

  withdraw(session: ModelSession): void {
    session.offer = null;
  }

  /** Returns whether anybody can be asked. */
  setAsked({ sharing }: ModelSession, asks: SharingRole): boolean {
    if (!sharing) return false;
    sharing.asks = asks;
    if (sharing.other.sharing) sharing.other.sharing.asks = asks;
    return true;
  }

  stopSharing(session: ModelSession): void {
    if (this.hasEnded(session)) return;
    if (session.sharing) session.sharing.other.sharing = null;
    session.sharing = null;
  }

  /** What using an invitation must lead to: a code, `shared` or `taken`. */
  takeUp(invitation: ModelOffer, transport: ModelTransport): string {
    const { session, client, expiresAt } = invitation;
    if (expiresAt / SECOND <= Math.floor(this.wall / SECOND) - this.policy.retryGrace / SECOND) return 'token_expired';
    if (this.isOver(session)) return 'session_already_disconnected';
    if (expiresAt <= this.wall) return 'token_expired';
    if (session.offer !== invitation) return 'token_reused';
    if (transport.ended || transport.client !== client) return 'session_not_found';
    // It is for another process of its client, not for the one that has it.
    const isHere = transport.session === session || transport.process === session.process;
    if (session.client === client && isHere) return 'handover_impossible';
    if (invitation.share) {
      if (transport.session && this.isOver(transport.session)) return 'session_not_found';
      if (transport.session?.sharing) return 'session_is_shared';
      this.issue(this.join(session, transport, true, invitation.share));
      return 'shared';
    }
    this.takeOver(session, transport);
    this.newToken(session);
    return 'taken';
  }

  private isOpen({ expiresAt }: ModelOffer): boolean {
    return this.wall < expiresAt;
  }

  private isOver(session: ModelSession): boolean {
    return this.hasEnded(session) || this.isPast(session);
  }

  /** Whether it was left for longer than it is kept. */
  private isPast({ status, pinned, lostLived }: ModelSession): boolean {
    return status === 'disconnected' && !pinned && this.lived - lostLived >= this.policy.retention;
  }

  /** The session that waits for this transport, which is not of the process that has it. */
  private offeredTo({ client, process, session }: ModelTransport): ModelSession | undefined {
    if (session && (!session.probe || session.sharing)) return undefined;
    const isHere = (other: ModelSession) => other === session || (other.client === client && other.process === process);
    return this.sessions.find(
      (other) =>
        other.offer?.client === client &&
        !other.offer.invited &&
        this.isOpen(other.offer) &&
        !isHere(other) &&
        !this.isOver(other),
    );
  }

  /** What pinning must lead to, or no longer doing so: a code, or null. */
  pin(session: ModelSession, pinned: boolean): string | null {
    if (this.hasEnded(session)) return 'session_over';
    if (pinned && !session.pinned && this.sessions.filter((one) => one.pinned).length >= MOST_PINNED) {
      return 'too_many_pinned';
    }
    // It has its whole time from now on.
    if (session.pinned && !pinned) session.lostLived = this.lived;
    session.pinned = pinned;
    return null;
  }

  /** Holdfast sees that these processes have ended. */
  processEnds(process: number): void {
    this.gone.add(process);
    for (const session of this.sessions) {
      const isGone = [session, ...this.transportsOf(session)].every((one) => this.gone.has(one.process));
      if (isGone && session.expected?.name !== null) this.lose(session, this.wall);
    }
  }

  /** The session of the transport, which there may not be yet, uses the servers of this one from now on. */
  private join(host: ModelSession, transport: ModelTransport, work: boolean, asks: SharingRole): ModelSession {
    const guest = transport.session ?? this.create(transport, work);
    transport.session = guest;
    host.offer = null;
    guest.offer = null;
    host.sharing = { other: guest, role: 'host', asks };
    guest.sharing = { other: host, role: 'guest', asks };
    this.goOn(guest, transport, work);
    this.expectParallel(guest, transport, true);
    return guest;
  }

  private takeOver(session: ModelSession, transport: ModelTransport): void {
    const left = transport.session;
    for (const other of this.transportsOf(session)) if (other !== transport) other.ended = true;
    Object.assign(session, {
      client: transport.client,
      name: transport.name,
      process: transport.process,
      offer: null,
      probe: false,
      revoked: session.generation,
      canReplay: false,
    });
    this.comeBack(session, 'taken_over');
    this.expectParallel(session, transport, true);
    transport.session = session;
    this.hear(transport);
    if (left && left !== session) {
      left.touched = this.awake;
      if (this.transportsOf(left).length === 0 && !this.hasEnded(left)) this.leave(left);
    }
  }

  /** @returns the session, or null where the id must be unknown */
  enter(transport: ModelTransport, work: boolean): ModelSession | null {
    if (transport.ended) return null;
    const offered = this.offeredTo(transport);
    if (offered?.offer?.share) return this.join(offered, transport, work, offered.offer.share);
    if (offered) {
      this.takeOver(offered, transport);
      return offered;
    }
    const session = transport.session ?? this.sessionFor(transport, work);
    if (this.isPast(session)) {
      this.finish(session, 'expired');
      return null;
    }
    this.goOn(session, transport, work);
    return session;
  }

  private goOn(session: ModelSession, transport: ModelTransport, work: boolean): void {
    if (work) session.probe = false;
    const wasGone = session.status === 'disconnected';
    if (wasGone) {
      this.comeBack(session, session.ourDoing ? 'restored' : 'resumed');
      session.process = transport.process;
    }
    if (session.status === 'idle' && work) this.touch(session, 'active');
    if (transport.session === session && session.expected?.name === null) session.expected = null;
    if (wasGone) this.expectParallel(session, transport, true);
    transport.session = session;
    this.hear(transport);
  }

  openStream(transport: ModelTransport): void {
    transport.streams += 1;
    transport.lostAt = null;
    if (transport.session) transport.session.degraded = false;
  }

  closeStream(transport: ModelTransport): void {
    transport.streams -= 1;
    if (transport.streams > 0 || transport.ended) return;
    transport.lostAt = this.awake;
    const { session } = transport;
    if (session && this.isAttached(session) && !this.transportsOf(session).some(({ streams }) => streams > 0)) {
      session.degraded = true;
    }
  }

  startRequest(transport: ModelTransport): void {
    transport.inFlight += 1;
  }

  finishRequest(transport: ModelTransport, outcome: boolean | null): void {
    transport.inFlight -= 1;
    transport.traffic = this.awake;
    const { session } = transport;
    if (outcome === null || session === null || this.hasEnded(session)) return;
    session.calls += 1;
    if (!outcome) session.errors += 1;
    session.last_activity = Math.max(session.last_activity, this.wall);
  }

  /** @returns whether the id was known */
  end(transport: ModelTransport): boolean {
    if (transport.ended) return false;
    const { session } = transport;
    transport.ended = true;
    if (session && this.transportsOf(session).length === 0) this.leave(session);
    else if (session) session.touched = this.awake;
    return true;
  }

  disconnect(session: ModelSession): void {
    this.lose(session, this.wall);
  }

  close(session: ModelSession): void {
    if (!this.hasEnded(session)) this.finish(session, 'closed');
  }

  /** @returns the token, or null where none may be issued */
  issue(session: ModelSession): ModelToken | null {
    if (!this.isAttached(session)) return null;
    session.canReplay = false;
    for (const token of this.tokens) {
      if (token.session === session && token.generation === session.generation) {
        token.superseded = true;
      }
    }
    return this.newToken(session);
  }

  /** What using the token must lead to: a code, or `rotate` or `replay`. */
  verdict(token: ModelToken): string {
    const { session, generation, exp } = token;
    const second = Math.floor(this.wall / SECOND);
    const isExpired = exp * SECOND <= this.wall;
    if (exp <= second - this.policy.retryGrace / SECOND) return 'token_expired';
    if (this.hasEnded(session)) return 'session_already_disconnected';
    if (this.isPast(session)) return 'session_already_disconnected';
    const isPrevious = generation === session.used && generation === session.generation - 1 && session.canReplay;
    if (generation > session.revoked && isPrevious && this.wall - session.rotatedAt <= this.policy.retryGrace) {
      return 'replay';
    }
    if (isExpired) return 'token_expired';
    if (generation <= session.revoked) return 'token_reused';
    if (token.superseded) return 'token_mismatch';
    if (generation <= session.used) return 'token_reused';
    return generation === session.generation ? 'rotate' : 'token_mismatch';
  }

  use(token: ModelToken, transport: ModelTransport | null): string {
    const verdict = this.verdict(token);
    const { session } = token;
    if (verdict === 'token_reused' && token.generation > session.revoked) {
      session.revoked = session.generation;
      session.canReplay = false;
    }
    if (verdict !== 'rotate' && verdict !== 'replay') return verdict;
    if (transport?.ended || (transport && transport.client !== session.client)) return 'session_not_found';
    const left = transport?.session ?? null;
    if (verdict === 'replay' && transport && left !== session) {
      if (this.isAttached(session)) this.touch(session, 'active', { degraded: false });
      else this.comeBack(session, 'resumed');
      session.probe = false;
      session.process = transport.process;
    }
    if (verdict === 'rotate') {
      session.used = session.generation;
      session.rotatedAt = this.wall;
      session.canReplay = true;
      this.newToken(session);
      this.comeBack(session, 'token');
      if (transport) {
        for (const other of this.transportsOf(session)) if (other !== transport) other.ended = true;
        session.process = transport.process;
      } else this.expectTransport(session);
    }
    if (transport) {
      transport.session = session;
      this.hear(transport);
      if (left && left !== session) {
        left.touched = this.awake;
        if (this.transportsOf(left).length === 0 && !this.hasEnded(left)) this.leave(left);
      }
    }
    return verdict;
  }

  tick(): void {
    for (const session of this.sessions) {
      if (!this.isAttached(session)) continue;
      const all = this.transportsOf(session);
      if (all.some(({ inFlight }) => inFlight > 0)) continue;
      const quiet = this.awake - Math.max(session.touched, ...all.map(({ traffic }) => traffic));
      const goneSince = this.goneSince(session);
      const hasStream = all.some(({ streams }) => streams > 0);
      if (goneSince !== null && this.awake - goneSince >= this.policy.streamGrace) {
        this.lose(session, this.wall - (this.awake - goneSince));
      } else if (!hasStream && quiet >= this.policy.quietAfter) this.lose(session, this.wall);
      else if (session.status === 'active' && quiet >= this.policy.idleAfter) session.status = 'idle';
    }
    for (const session of this.sessions) {
      if (session.offer && !this.isOpen(session.offer)) session.offer = null;
      const over = !session.pinned && session.status === 'disconnected';
      if (over && this.lived - session.lostLived > this.policy.retention) this.finish(session, 'expired');
    }
    this.forgetExpected();
  }

  restart(how: 'stop' | 'kill', down: Ms): void {
    const diedAt = this.wall;
    this.wall += down;
    this.gone.clear();
    for (const session of this.sessions) {
      if (this.isAttached(session)) {
        this.lose(session, how === 'stop' ? diedAt : Math.max(session.last_activity, diedAt));
        session.ourDoing = true;
      }
      session.expected = null;
      session.touched = NEVER;
    }
    for (const transport of this.transports) {
      Object.assign(transport, { streams: 0, inFlight: 0, heard: NEVER, traffic: NEVER, lostAt: null });
    }
    this.off += down;
  }

  /** Sessions that the program of this transport could go on with, or is using. */
  private sessionsLike({ client, name }: ModelTransport): ModelSession[] {
    return this.sessions.filter(
      (session) => session.client === client && session.name === name && !this.hasEnded(session),
    );
  }

  private sessionFor(transport: ModelTransport, work: boolean): ModelSession {
    this.forgetExpected();
    const expecting = this.sessions.filter((session) => {
      const { client, expected } = session;
      return (
        expected !== null &&
        client === transport.client &&
        (expected.name === null || expected.name === transport.name) &&
        (expected.process === undefined || expected.process === transport.process) &&
        this.isAttached(session) &&
        (!expected.onlyIfAlone || this.sessionsLike(transport).every((other) => other === session))
      );
    });
    const [only] = expecting;
    if (only?.expected && expecting.length === 1) {
      if (only.expected.name === null) {
        for (const other of this.transportsOf(only)) other.ended = true;
        this.expectParallel(only, transport);
      }
      only.process = transport.process;
      this.touch(only, 'active', { degraded: false });
      return only;
    }
    const back = this.sessions.filter((session) => this.mayBe(session, transport));
    const one = back.length === 1 ? back[0] : onlyOne(back.filter(({ ourDoing }) => ourDoing));
    if (one) {
      const gone = this.goneSince(one);
      if (this.isAttached(one) && gone !== null) this.lose(one, this.wall - (this.awake - gone));
      for (const other of this.transportsOf(one)) other.ended = true;
      this.comeBack(one, 'reinitialized');
      this.expectParallel(one, transport);
      return one;
    }
    return this.create(transport, work);
  }

  /** Whether a client that initializes anew may be the one that this session lost: in the same process, and none other. */
  private mayBe(session: ModelSession, transport: ModelTransport): boolean {
    if (session.client !== transport.client || session.name !== transport.name || session.probe) return false;
    const all = this.transportsOf(session);
    if ((all.length === 0 ? [session] : all).some(({ process }) => process !== transport.process)) return false;
    if (this.isAttached(session)) return this.goneSince(session) !== null;
    if (session.status !== 'disconnected') return false;
    return session.pinned || this.lived - session.lostLived <= this.policy.retention;
  }

  private goneSince(session: ModelSession): Ms | null {
    const all = this.transportsOf(session);
    if (all.some(({ streams, inFlight }) => streams > 0 || inFlight > 0)) return null;
    const lost = Math.max(...all.map(({ lostAt }) => lostAt ?? NEVER));
    if (lost === NEVER || Math.max(session.touched, ...all.map(({ heard }) => heard)) > lost) return null;
    return Math.max(lost, session.touched, ...all.map(({ traffic }) => traffic));
  }

  private create(transport: ModelTransport, work: boolean): ModelSession {
    const session: ModelSession = {
      client: transport.client,
      name: transport.name,
      process: transport.process,
      pinned: false,
      label: '',
      status: 'active',
      degraded: false,
      probe: !work,
      reconnect_count: 0,
      last_reconnect_cause: null,
      last_activity: this.wall,
      disconnected_at: null,
      lostLived: NEVER,
      calls: 0,
      errors: 0,
      ourDoing: false,
      touched: NEVER,
      generation: 0,
      used: 0,
      revoked: 0,
      rotatedAt: NEVER,
      canReplay: false,
      expected: null,
      offer: null,
      sharing: null,
    };
    this.sessions.push(session);
    return session;
  }

  private comeBack(session: ModelSession, cause: ReconnectCause): void {
    session.reconnect_count += 1;
    session.last_reconnect_cause = cause;
    this.touch(session, 'active', { degraded: false });
  }

  private touch(session: ModelSession, status: SessionStatus, more: Partial<ModelSession> = {}): void {
    const last_activity = Math.max(session.last_activity, this.wall);
    Object.assign(session, { status, last_activity, disconnected_at: null, ourDoing: false, ...more });
  }

  private lose(session: ModelSession, disconnected_at: Ms): void {
    if (!this.isAttached(session)) return;
    const lostLived = disconnected_at - this.off;
    Object.assign(session, { status: 'disconnected', degraded: false, disconnected_at, lostLived, ourDoing: false });
  }

  /** Its last transport is gone: it ends, unless a person wants it kept, or it waits for another client. */
  private leave(session: ModelSession): void {
    if (session.pinned || (session.offer && this.isOpen(session.offer))) this.lose(session, this.wall);
    else this.finish(session, 'closed');
  }

  private finish(session: ModelSession, status: 'closed' | 'expired'): void {
    for (const transport of this.transportsOf(session)) transport.ended = true;
    if (session.sharing) session.sharing.other.sharing = null;
    Object.assign(session, { status, degraded: false, pinned: false, expected: null, offer: null });
  }

  private newToken(session: ModelSession): ModelToken {
    session.generation += 1;
    const exp = Math.floor(this.wall / SECOND) + this.policy.tokenLife / SECOND;
    const token = { session, generation: session.generation, exp, superseded: false };
    this.tokens.push(token);
    return token;
  }

  private expectTransport(session: ModelSession): void {
    session.touched = this.awake;
    if (this.transportsOf(session).some(({ streams }) => streams > 0)) return;
    session.expected = { name: null, until: this.awake + this.policy.reattachWindow };
  }

  private expectParallel(session: ModelSession, { name, process }: ModelTransport, onlyIfAlone = false): void {
    session.expected = { name, process, until: this.awake + this.policy.coalesceWindow, onlyIfAlone };
  }

  private forgetExpected(): void {
    for (const session of this.sessions) {
      if (session.expected && session.expected.until < this.awake) session.expected = null;
    }
  }

  private hear(transport: ModelTransport): void {
    transport.heard = this.awake;
    transport.traffic = this.awake;
  }

  private isAttached({ status }: Pick<ModelSession, 'status'>): boolean {
    return status === 'active' || status === 'idle';
  }

  private hasEnded({ status }: ModelSession): boolean {
    return status === 'closed' || status === 'expired';
  }
}
