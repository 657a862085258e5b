import type { Alert } from '../../shared/contract/alert';
import { type Ms, SECOND } from '../../shared/model/units';
import type { Network } from '../http-client/network';
import { postOnce } from '../http-client/post-once';
import type { Timers } from '../platform/ports';
import type { Told } from './alert-book';

/** How long one try may take in all. */
const LIMIT: Ms = 5 * SECOND;
/** Pauses before the second and the third try. */
const PAUSES: readonly Ms[] = [SECOND, 10 * SECOND];
/** Alerts that wait for a receiver. Beyond that the oldest are dropped: the newest say how things are. */
const MOST_WAITING = 100;

export interface WebhookDeps {
  readonly network: Network;
  readonly timers: Timers;
  /** The address now; null when there is none. */
  readonly address: () => string | null;
  readonly log: { warn(details: object, message: string): void };
}

/**
 * Posts what is told to the user's own address: one line of JSON an alert, in order, with three tries of five seconds each.
 * Redirects are not followed, and what it answers is not read beyond its status.
 */
export class Webhook {
  private readonly deps: WebhookDeps;
  private readonly waiting: string[] = [];
  private readonly abort = new AbortController();
  private endPause = () => {};
  private isSending = false;

  constructor(deps: WebhookDeps) {
    this.deps = deps;
  }

  /** Queues what was told. Does nothing without an address. */
  post({ opened, closed }: Told): void {
    if (this.deps.address() === null || this.abort.signal.aborted) return;
    this.waiting.push(
      ...closed.map((alert) => lineOf('alert_closed', alert)),
      ...opened.map((alert) => lineOf('alert_opened', alert)),
    );
    this.waiting.splice(0, this.waiting.length - MOST_WAITING);
    void this.send();
  }

  /**
   * Posts a line that says it is a test, once, past what waits.
   * @returns why it was not taken, such as `answered 404`; null when it was, undefined without an address
   */
  async test(): Promise<string | null | undefined> {
    const address = this.deps.address();
    if (address === null || this.abort.signal.aborted) return undefined;
    return this.attempt(address, `${JSON.stringify({ type: 'test', sentence: 'This is a test from Holdfast.' })}\n`);
  }

  /** Gives up what was not posted yet. */
  close(): void {
    this.abort.abort();
    this.waiting.length = 0;
    this.endPause();
  }

  private async send(): Promise<void> {
    if (this.isSending) return;
    this.isSending = true;
    for (let line = this.waiting.shift(); line !== undefined; line = this.waiting.shift()) await this.sendLine(line);
    this.isSending = false;
  }

  private async sendLine(line: string): Promise<void> {
    const { log } = this.deps;
    for (const pause of [...PAUSES, null]) {
      const address = this.deps.address();
      if (address === null || this.abort.signal.aborted) return;
      const problem = await this.attempt(address, line);
      if (problem === null) return;
      // Only the host: the rest of the address may be all that protects it.
      if (pause === null) log.warn({ host: new URL(address).host, problem }, 'an alert could not be posted');
      else await this.pause(pause);
    }
  }

  /** Returns why it was not taken; null when it was. */
  private attempt(url: string, body: string): Promise<string | null> {
    const { network, timers } = this.deps;
    const headers = { 'content-type': 'application/json' };
    return postOnce({ url, headers, body, limit: LIMIT, signal: this.abort.signal, network, timers });
  }

  private pause(length: Ms): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.deps.timers.after(length, resolve);
      this.endPause = () => {
        cancel();
        resolve();
      };
    });
  }
}

const lineOf = (type: 'alert_opened' | 'alert_closed', { told_at: _, ...alert }: Alert): string =>
  `${JSON.stringify({ type, ...alert })}\n`;
