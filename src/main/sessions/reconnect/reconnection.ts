import type { Client } from '../../../shared/contract/client';
import type { Door } from '../../../shared/contract/event';
import type { IssuedToken, SharingRole } from '../../../shared/contract/session';
import { HoldfastError, type ReconnectFailure } from '../../../shared/errors';
import { hasEnded, isAttached } from '../../../shared/model/session';
import { MINUTE, type Ms, SECOND } from '../../../shared/model/units';
import { type Command, isPastRetention } from '../decide';
import { mayTakeOver, type Offers } from '../handover/offers';
import type { SessionCore } from '../session-core';
import type { StoredSession } from '../session-ports';
import type { TransportBinding } from '../transports/transport-binding';
import type { MintedToken, ReconnectTokens, VerifiedToken } from './reconnect-tokens';
import { afterIssue, afterReuse, afterRotation, judgeToken, sameHash, type TokenVerdict } from './token-rules';

/** Who makes a request: an admin (the admin key or the window), or one client. */
export type Principal = { kind: 'admin' } | { kind: 'client'; client: Client };

/** Limits how often a reconnect may be attempted. */
export interface ReconnectLimiter {
  /** Uses up one attempt. Returns null, or the wait in ms when none are left. */
  take(sessionId: string, principal: Principal): Promise<Ms | null>;
}

export interface ReconnectRequest {
  readonly session_id: string;
  readonly token: string;
  readonly principal: Principal;
  readonly door: Door;
  /** The transport that sent the request, if one did. It is attached to the session on success. */
  readonly transport_id: string | null;
}

export interface Reconnected extends IssuedToken {
  readonly reconnect_count: number;
  /** True when a client retried because the response was lost: nothing was counted and the same token is returned. */
  readonly replayed: boolean;
  /** The session was another client's until now. */
  readonly taken_over: boolean;
  /** The session is the caller's own, and uses the servers of the one that it was invited to from now on. */
  readonly shared?: boolean;
}

const INVITATION_ELSEWHERE =
  'This is an invitation to take a session over. Call the tool reconnect_session with it, in the client that is invited.';

const HERE_ALREADY =
  'This chat has the session already. Paste the invitation into the chat that is to go on with it; until then it stays valid.';

/** Issues reconnect tokens and consumes them: the reconnect contract's points 1 to 4. Consumes invitations, too. */
export class Reconnection {
  private readonly core: SessionCore;
  private readonly binding: TransportBinding;
  private readonly tokens: ReconnectTokens;
  private readonly offers: Offers;
  private readonly limiter: ReconnectLimiter | null;
  private issuing: Promise<unknown> = Promise.resolve();

  constructor(
    core: SessionCore,
    binding: TransportBinding,
    tokens: ReconnectTokens,
    offers: Offers,
    limiter: ReconnectLimiter | null,
  ) {
    this.core = core;
    this.binding = binding;
    this.tokens = tokens;
    this.offers = offers;
    this.limiter = limiter;
  }

  /**
   * Issues a new reconnect token for an attached session. It replaces an earlier token that was not used.
   * @throws HoldfastError `session_not_found` (also for another client's session), `session_not_active`
   */
  issueToken(sessionId: string, principal: Principal, door: Door): Promise<IssuedToken> {
    // One at a time: each token takes the generation after the previous one.
    const issued = this.issuing.then(() => this.issueNext(sessionId, principal, door));
    this.issuing = issued.catch(() => undefined);
    return issued;
  }

  private async issueNext(sessionId: string, principal: Principal, door: Door): Promise<IssuedToken> {
    const minted = await this.mintNext(sessionId, () => {
      const state = this.owned(sessionId, principal);
      if (!isAttached(state.session.status)) throw new HoldfastError('session_not_active');
      return state;
    });
    const { token } = this.core.load(sessionId);
    const issued = { generation: token.generation + 1, expires_at: minted.claims.exp * SECOND };
    const command: Command = { type: 'issue_token', door, ...issued };
    this.core.runAll([{ sessionId, command, token: afterIssue(token, minted.claims) }]);
    return this.issued(sessionId, minted.token);
  }

  /**
   * Consumes a reconnect token: makes the session active again, increments its reconnect count and issues a successor,
   * all in one transaction. However many requests use a token in parallel, exactly one rotates it. An invitation makes the
   * session the invited client's in the same way; it works once.
   * @throws HoldfastError with a reconnect code from the error registry, `rate_limited`, or for an invitation
   * `may_not_take_over` or `handover_impossible`
   */
  async reconnect(request: ReconnectRequest): Promise<Reconnected> {
    const wait = await this.limiter?.take(request.session_id, request.principal);
    if (wait) throw new HoldfastError('rate_limited', undefined, { retryAfter: wait });
    const verified = await this.tokens.verify(request.token, this.core.policy.retryGrace);
    if (typeof verified === 'string') throw this.rejected(request, verified);
    if (verified.invites !== null) return this.takeOver(request, verified, verified.invites);
    const verdict = this.judge(request, verified);
    // A client that never got the response may retry, even if the token has expired in the meantime.
    if (verified.expired && verdict !== 'replay') throw this.rejected(request, 'token_expired');
    if (verdict === 'rotate') return this.rotate(request, verified);
    return this.answer(request, verified, verdict);
  }

  private async takeOver(request: ReconnectRequest, invitation: VerifiedToken, invited: string): Promise<Reconnected> {
    const { session_id, transport_id, door } = request;
    if (transport_id === null) throw new HoldfastError('invalid_token_purpose', INVITATION_ELSEWHERE);
    const { client, state: offered } = this.invitedTo(request, invitation, invited);
    const asks = offered.session.offer?.share;
    if (asks !== undefined) return this.share(request, transport_id, client, asks);
    const { generation } = this.core.load(session_id).token;
    const { token, claims } = await this.tokens.mint(session_id, generation + 1);
    // Signing was asynchronous, so somebody else may have been faster, or the offer was taken back.
    const { token: state } = this.invitedTo(request, invitation, invited).state;
    if (state.generation !== generation) return this.takeOver(request, invitation, invited);
    const { reconnect_count } = this.binding.takeOver({
      sessionId: session_id,
      transportId: transport_id,
      client,
      door,
      successor: { generation: generation + 1, expires_at: claims.exp * SECOND },
      claims,
    });
    return { ...this.issued(session_id, token), reconnect_count, replayed: false, taken_over: true };
  }

  private async share(
    { session_id: sessionId, principal, door }: ReconnectRequest,
    transportId: string,
    client: Client,
    asks: SharingRole,
  ): Promise<Reconnected> {
    const { session_id, reconnect_count } = this.binding.share({
      sessionId,
      transportId,
      client,
      asks,
      door,
      work: true,
    });
    const issued = await this.issueToken(session_id, principal, door);
    return { ...issued, reconnect_count, replayed: false, taken_over: false, shared: true };
  }

  /**
   * The invited client, and the session that it may have now.
   * @throws HoldfastError if it may not, or no longer
   */
  private invitedTo(
    request: ReconnectRequest,
    invitation: VerifiedToken,
    invited: string,
  ): { client: Client; state: StoredSession } {
    const { session_id, principal, door, transport_id } = request;
    const state = this.core.find(session_id);
    // Whoever was not invited learns nothing of the session.
    if (state === null || principal.kind !== 'client' || principal.client.client_id !== invited) {
      throw new HoldfastError('session_not_found');
    }
    const { client } = principal;
    const refuse = (code: ReconnectFailure): HoldfastError => {
      this.core.attempt(() => this.core.run(session_id, { type: 'reject', code, door }));
      return new HoldfastError(code);
    };
    if (invitation.session_id !== session_id) throw new HoldfastError('session_id_mismatch');
    if (hasEnded(state.session.status) || isPastRetention(state, this.core.clock.lived(), this.core.policy)) {
      throw refuse('session_already_disconnected');
    }
    if (invitation.expired) throw refuse('token_expired');
    if (state.offer_hash === null || !sameHash(state.offer_hash, invitation.hash)) throw refuse('token_reused');
    if (!this.offers.isOpen(state.session.offer)) throw refuse('token_expired');
    if (!mayTakeOver(client, state.session.client_id)) throw new HoldfastError('may_not_take_over');
    const isOwn = client.client_id === state.session.client_id;
    if (isOwn && transport_id !== null && this.binding.isOf(transport_id, state.session)) {
      throw new HoldfastError('handover_impossible', HERE_ALREADY);
    }
    return { client, state };
  }

  private async rotate(request: ReconnectRequest, presented: VerifiedToken): Promise<Reconnected> {
    const { session_id, transport_id, door } = request;
    const { token, claims } = await this.tokens.mint(session_id, presented.generation + 1);
    // Signing was asynchronous, so another request may have used the token in the meantime.
    const verdict = this.judge(request, presented);
    if (verdict !== 'rotate') return this.answer(request, presented, verdict);
    const { reconnect_count } = this.binding.reconnect({
      sessionId: session_id,
      transportId: transport_id,
      door,
      successor: { generation: presented.generation + 1, expires_at: claims.exp * SECOND },
      token: afterRotation(this.core.load(session_id).token, claims, this.core.clock.tokens.now()),
      expectToken: { session_id, generation: presented.generation, hash: presented.hash },
    });
    return { ...this.issued(session_id, token), reconnect_count, replayed: false, taken_over: false };
  }

  /** Handles every verdict except `rotate`. */
  private async answer(
    request: ReconnectRequest,
    presented: VerifiedToken,
    verdict: TokenVerdict,
  ): Promise<Reconnected> {
    const { session_id, transport_id, door } = request;
    const { token } = this.core.load(session_id);
    if (verdict === 'replay' && token.current) {
      this.binding.join(session_id, transport_id);
      const { reconnect_count } = this.core.load(session_id).session;
      const successor = await this.tokens.sign(session_id, token.generation, token.current);
      return { ...this.issued(session_id, successor), reconnect_count, replayed: true, taken_over: false };
    }
    if (verdict === 'reuse') {
      const command: Command = { type: 'detect_reuse', generation: presented.generation, door };
      this.core.runAll([{ sessionId: session_id, command, token: afterReuse(token) }]);
    }
    throw this.rejected(request, verdict === 'mismatch' ? 'token_mismatch' : 'token_reused');
  }

  private refusal(request: ReconnectRequest, verified: VerifiedToken): ReconnectFailure | null {
    const { session_id, principal } = request;
    const state = this.core.find(session_id);
    if (state === null || !owns(principal, state)) return 'session_not_found';
    if (verified.session_id !== session_id) return 'session_id_mismatch';
    const over = hasEnded(state.session.status) || isPastRetention(state, this.core.clock.lived(), this.core.policy);
    return over ? 'session_already_disconnected' : null;
  }

  /**
   * Judges a genuine token against the session's current state.
   * @throws HoldfastError when it is not for this caller and session, or the session is over
   */
  private judge(request: ReconnectRequest, presented: VerifiedToken): TokenVerdict {
    const failure = this.refusal(request, presented);
    if (failure !== null) throw this.rejected(request, failure);
    const { token } = this.core.load(request.session_id);
    return judgeToken(token, presented, this.core.clock.tokens.now(), this.core.policy.retryGrace);
  }

  /** Returns the error to throw, and records it in the session's timeline if the caller owns the session. */
  private rejected(request: ReconnectRequest, code: ReconnectFailure): HoldfastError {
    const state = this.core.find(request.session_id);
    if (state && owns(request.principal, state)) {
      // The request is rejected even if the rejection cannot be recorded.
      this.core.attempt(() => this.core.run(request.session_id, { type: 'reject', code, door: request.door }));
    }
    return new HoldfastError(code);
  }

  private async mintNext(sessionId: string, check: () => StoredSession): Promise<MintedToken> {
    for (;;) {
      const { generation } = check().token;
      const minted = await this.tokens.mint(sessionId, generation + 1);
      // Try again if a reconnect took this generation in the meantime.
      if (check().token.generation === generation) return minted;
    }
  }

  private owned(sessionId: string, principal: Principal): StoredSession {
    const state = this.core.find(sessionId);
    if (state === null || !owns(principal, state)) throw new HoldfastError('session_not_found');
    return state;
  }

  private issued(session_id: string, reconnect_token: string): IssuedToken {
    return { session_id, reconnect_token, expires_in_minutes: this.core.policy.tokenLife / MINUTE };
  }
}

/** Whether the principal may see and control the session. */
export const owns = (principal: Principal, { session }: StoredSession): boolean =>
  principal.kind === 'admin' || principal.client.client_id === session.client_id;
