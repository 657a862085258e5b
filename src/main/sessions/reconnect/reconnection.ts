import type { Client } from '../../../shared/contract/client';
import type { Door } from '../../../shared/contract/event';
import type { IssuedToken } from '../../../shared/contract/session';
import { HoldfastError, type ReconnectFailure } from '../../../shared/errors';
import { hasEnded, isAttached } from '../../../shared/model/session';
import { MINUTE, type Ms, SECOND } from '../../../shared/model/units';
import { type Command, isPastRetention } from '../decide';
import type { SessionCore } from '../session-core';
import type { StoredSession } from '../session-ports';
import type { TransportBinding } from '../transports/transport-binding';
import type { MintedToken, ReconnectTokens, VerifiedToken } from './reconnect-tokens';
import { afterIssue, afterReuse, afterRotation, judgeToken, type TokenVerdict } from './token-rules';

/** Who asks: the holder of the admin key (and the window), or one client. */
export type Principal = { kind: 'admin' } | { kind: 'client'; client: Client };

/** Bounds how often reconnects are tried. */
export interface ReconnectLimiter {
  /** Takes one try; the wait in ms when there is none left. */
  take(sessionId: string, principal: Principal): Promise<Ms | null>;
}

export interface ReconnectRequest {
  readonly session_id: string;
  readonly token: string;
  readonly principal: Principal;
  readonly door: Door;
  /** The transport that asks, when it is one: it is attached to the session on success. */
  readonly transport_id: string | null;
}

export interface Reconnected extends IssuedToken {
  readonly reconnect_count: number;
  /** True when this was the retry of an answer that got lost: nothing was counted, the same token is returned. */
  readonly replayed: boolean;
}

/** Issues reconnect tokens and consumes them: the reconnect contract's points 1 to 4. */
export class Reconnection {
  private readonly core: SessionCore;
  private readonly binding: TransportBinding;
  private readonly tokens: ReconnectTokens;
  private readonly limiter: ReconnectLimiter | null;
  private issuing: Promise<unknown> = Promise.resolve();

  constructor(core: SessionCore, binding: TransportBinding, tokens: ReconnectTokens, limiter: ReconnectLimiter | null) {
    this.core = core;
    this.binding = binding;
    this.tokens = tokens;
    this.limiter = limiter;
  }

  /**
   * A new reconnect token for an attached session; an unused earlier one ends.
   * @throws HoldfastError `session_not_found` (also for another client's session), `session_not_active`
   */
  issueToken(sessionId: string, principal: Principal, door: Door): Promise<IssuedToken> {
    // One after the other: each needs the generation after the one before.
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
   * Consumes a reconnect token: the session is active again, the count is one higher and a successor is issued, all in one
   * transaction. Of any number of parallel uses exactly one rotates the token.
   * @throws HoldfastError with a reconnect code of the registry
   */
  async reconnect(request: ReconnectRequest): Promise<Reconnected> {
    const wait = await this.limiter?.take(request.session_id, request.principal);
    if (wait) throw new HoldfastError('rate_limited', undefined, { retryAfter: wait });
    const verified = await this.tokens.verify(request.token, this.core.policy.retryGrace);
    if (typeof verified === 'string') throw this.rejected(request, verified);
    const verdict = this.judge(request, verified);
    // A client whose answer got lost may ask again, even if the token's time ended in between.
    if (verified.expired && verdict !== 'replay') throw this.rejected(request, 'token_expired');
    if (verdict === 'rotate') return this.rotate(request, verified);
    return this.answer(request, verified, verdict);
  }

  private async rotate(request: ReconnectRequest, presented: VerifiedToken): Promise<Reconnected> {
    const { session_id, transport_id, door } = request;
    const { token, claims } = await this.tokens.mint(session_id, presented.generation + 1);
    // Signing took a turn of the event loop: another use of the token may have come first.
    const verdict = this.judge(request, presented);
    if (verdict !== 'rotate') return this.answer(request, presented, verdict);
    const { reconnect_count } = this.binding.reconnect({
      sessionId: session_id,
      transportId: transport_id,
      door,
      successor: { generation: presented.generation + 1, expires_at: claims.exp * SECOND },
      token: afterRotation(this.core.load(session_id).token, claims, this.core.clock.now()),
      expectToken: { session_id, generation: presented.generation, hash: presented.hash },
    });
    return { ...this.issued(session_id, token), reconnect_count, replayed: false };
  }

  /** Every verdict but `rotate`. */
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
      return { ...this.issued(session_id, successor), reconnect_count, replayed: true };
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
    const over =
      hasEnded(state.session.status) || isPastRetention(state.session, this.core.clock.now(), this.core.policy);
    return over ? 'session_already_disconnected' : null;
  }

  /**
   * What a genuine token is good for now.
   * @throws HoldfastError when it is not for this caller and session, or the session is over
   */
  private judge(request: ReconnectRequest, presented: VerifiedToken): TokenVerdict {
    const failure = this.refusal(request, presented);
    if (failure !== null) throw this.rejected(request, failure);
    const { token } = this.core.load(request.session_id);
    return judgeToken(token, presented, this.core.clock.now(), this.core.policy.retryGrace);
  }

  /** The error to throw; recorded in the session's timeline when it is the caller's own session. */
  private rejected(request: ReconnectRequest, code: ReconnectFailure): HoldfastError {
    const state = this.core.find(request.session_id);
    if (state && owns(request.principal, state)) {
      // What is wrong with the request stays wrong, whether or not it can be written down.
      this.core.attempt(() => this.core.run(request.session_id, { type: 'reject', code, door: request.door }));
    }
    return new HoldfastError(code);
  }

  private async mintNext(sessionId: string, check: () => StoredSession): Promise<MintedToken> {
    for (;;) {
      const { generation } = check().token;
      const minted = await this.tokens.mint(sessionId, generation + 1);
      // Again when a reconnect took this generation meanwhile.
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

/** Whether the principal may see and command the session. */
export const owns = (principal: Principal, { session }: StoredSession): boolean =>
  principal.kind === 'admin' || principal.client.client_id === session.client_id;
