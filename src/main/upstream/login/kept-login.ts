import type { StoredOAuthTokens } from '@modelcontextprotocol/client';
import type { Clock } from '../../platform/ports';
import { accountIn } from './account';
import { type LoginRecord, noLogin } from './login-record';
import { endOf } from './token-life';

export interface KeptLoginDeps {
  readonly server: string;
  readonly clock: Clock;
  readonly log: { warn(details: object, message: string): void };
  /** Stores the record. Once this resolves, it is on the disk. */
  store(record: LoginRecord): Promise<void>;
  /** Forgets the answer to a refresh that was left on the disk. */
  forgetRefresh(id: string): Promise<void>;
}

/** The record of one login: what changes is on the disk first, and then in use. One change comes after the other. */
export class KeptLogin {
  private readonly deps: KeptLoginDeps;
  private record: LoginRecord;
  private saving: Promise<void> = Promise.resolve();
  private isClosed = false;

  constructor(deps: KeptLoginDeps, record: LoginRecord) {
    this.deps = deps;
    this.record = record;
  }

  get data(): LoginRecord {
    return this.record;
  }

  /** Changes it. Never rejects. */
  save(change: Partial<LoginRecord>): Promise<void> {
    this.saving = this.saving.then(async () => {
      if (this.isClosed) return;
      const { refresh } = this.record;
      const next = { ...this.record, ...change };
      try {
        await this.deps.store(next);
        this.record = next;
        // Its answer is of no more use once what came of it is on the disk.
        if (refresh && refresh !== next.refresh) await this.deps.forgetRefresh(refresh.id).catch(() => {});
      } catch (err) {
        // A token that cannot be kept is better than none: the one before it may be used up.
        this.record = next;
        const { log, server } = this.deps;
        log.warn({ err, server }, 'a login could not be written; it is lost when Holdfast ends');
      }
    });
    return this.saving;
  }

  /**
   * Takes new tokens.
   * @param isAnew - somebody has logged in, so that what was known of the last login counts no longer
   * @param isEnough - whether nobody has to log in any more; false for a refresh while more scope is wanted
   */
  async take(tokens: StoredOAuthTokens, isAnew: boolean, isEnough: boolean): Promise<void> {
    const now = this.deps.clock.now();
    const { id_token, expires_in, ...kept } = tokens;
    const { account, needed, tokens: before } = this.record;
    const wasLoggedIn = before !== null && (needed === null || !isEnough);
    // A server that grants what was asked for need not say so (RFC 6749 section 5.1).
    const scope = kept.scope ?? (isEnough ? needed?.scope : null) ?? before?.scope;
    await this.save({
      tokens: { ...kept, ...(scope ? { scope } : {}) },
      account: accountIn(id_token) ?? (isAnew ? null : account),
      issued_at: now,
      expires_at: endOf(expires_in, now),
      ...(isAnew || !wasLoggedIn ? { logged_in_at: now } : { last_refresh_at: now }),
      needed: isEnough ? null : needed,
      refresh: null,
    });
  }

  /**
   * Somebody has to log in.
   * @param reason - a sentence
   * @param scope - what to ask for; null to ask for what the server names
   * @param keeps - the present token stays good for what it allows
   */
  async need(reason: string, scope: string | null, keeps = false): Promise<void> {
    await this.save({ needed: { since: this.deps.clock.now(), reason, scope, keeps }, refresh: null });
  }

  /** Nothing is written from here on: what is kept is somebody else's by then, under this name or another. */
  close(): void {
    this.isClosed = true;
  }

  /** Forgets all but where one logs in. */
  async clear(): Promise<void> {
    const { url, discovery } = this.record;
    await this.save({ ...noLogin(url), discovery });
  }
}
