import type { Ms } from '../../shared/model/units';
import type { Clock } from '../platform/ports';

/** Why a server is not of use, as its card says it, until it is. */
export class LastFailure {
  private readonly clock: Pick<Clock, 'now'>;
  private text: string | null = null;
  private since: Ms | null = null;
  private isSlow = false;

  /** @param known - what was known of it before this run; null if nothing was wrong */
  constructor(clock: Pick<Clock, 'now'>, known: { readonly error: string; readonly failed_at: Ms } | null) {
    this.clock = clock;
    this.text = known?.error ?? null;
    this.since = known?.failed_at ?? null;
  }

  /** A sentence without secrets; null if nothing is wrong. */
  get sentence(): string | null {
    return this.text;
  }

  get at(): Ms | null {
    return this.since;
  }

  /** It has failed. Returns when. */
  failed(sentence: string): Ms {
    this.isSlow = false;
    return this.note(sentence);
  }

  /** A start takes long. */
  slow(sentence: string): void {
    this.isSlow = true;
    this.note(sentence);
  }

  /** It runs: that it took long to start says nothing any more. */
  cameUp(): void {
    if (this.isSlow) this.forget();
  }

  forget(): void {
    this.isSlow = false;
    this.text = null;
    this.since = null;
  }

  private note(sentence: string): Ms {
    const at = this.clock.now();
    this.text = sentence;
    this.since = at;
    return at;
  }
}
