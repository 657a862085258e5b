import type { IncomingMessage } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { HoldfastError } from '../../../shared/errors';
import type { Ms } from '../../../shared/model/units';
import { readText } from '../../http-client/answer-body';
import { RequestFailed } from '../../http-client/failures';
import { type RequestId, RPC } from '../../mcp/json-rpc';
import { within } from '../../platform/deadline';
import { systemTimers } from '../../platform/node';
import { HOW_TO_START } from '../find';
import { Pending } from './answers';
import { readAnswer, UNKNOWN_OUTCOME } from './bridge-call';
import type { BridgeSession, Link } from './bridge-link';
import { type Envelope, envelopeOf } from './envelope';
import type { HoldfastLocator } from './holdfast-locator';
import type { Output } from './lines';
import { keepStandaloneStream } from './standalone-stream';

const NOT_RUNNING = `Holdfast is not running. ${HOW_TO_START}`;
const NO_STATELESS = 'This bridge speaks MCP with sessions, up to revision 2025-11-25. Send initialize.';
const TOO_LONG = 'The message is longer than 16 MiB. Send at most 4 MiB.';
/** How long a notification waits for Holdfast before it is dropped. */
const TELL_WITHIN: Ms = 60_000;
/** Delay between two attempts to send the same message. */
const AGAIN_AFTER: Ms = 50;
/** How long the next line waits for the notification before it to be delivered. */
const IN_TURN_WITHIN: Ms = 2_000;
/** Notifications and responses that may wait for Holdfast; further ones are dropped. */
const MAX_BACKLOG = 100;

export interface BridgeDeps {
  readonly locator: HoldfastLocator;
  readonly link: Link;
  readonly output: Output;
  /** How long `initialize` waits for Holdfast to be running. */
  readonly initializeWithin: Ms;
  /** Called with the client's own name before `initialize` is sent; empty when it gave none. */
  identify(clientName: string): void;
  /** Writes a line to the client's log. */
  say(text: string): void;
}

/**
 * Relays the messages of one stdio client to Holdfast, unchanged, in a session that outlives restarts of Holdfast. A
 * request is answered exactly once. It is sent again only if Holdfast cannot have started on it: no connection was
 * made, or it was refused with 404 because the session had ended.
 */
export class Bridge {
  private readonly deps: BridgeDeps;
  private readonly closing = new AbortController();
  private readonly calls = new Set<{ pending: Pending; done: Promise<void> }>();
  private session: BridgeSession | null = null;
  private renewal: Promise<void> | null = null;
  /** The client's own handshake, for starting a new session if this one ends. */
  private handshake: { initialize: string; initialized: string | null } | null = null;
  private backlog: Promise<void> = Promise.resolve();
  private backlogLength = 0;

  constructor(deps: BridgeDeps) {
    this.deps = deps;
  }

  /** Handles the client's next line; null stands for one that was too long. Resolves when the next one may follow. */
  async take(line: string | null): Promise<void> {
    const { output } = this.deps;
    const envelope = line === null ? null : envelopeOf(line);
    if (line === null) output.error(null, RPC.invalidRequest, TOO_LONG);
    else if (line.trim() === '') return;
    else if (envelope === null) output.error(null, RPC.parseError, 'This line is not a JSON-RPC 2.0 message.');
    else if (envelope.isStateless) new Pending(envelope.ids, output).fail(NO_STATELESS, RPC.methodNotFound);
    else if (envelope.initialize) await this.initialize(line, envelope);
    else if (envelope.ids.length > 0) this.call(line, envelope.ids);
    else await this.tell(line, envelope);
  }

  /** Resolves when every request so far is answered. */
  async settled(): Promise<void> {
    await Promise.all([...this.calls].map(({ done }) => done));
  }

  /** Closes every connection. The session stays and can be resumed, unless `endSession` is set. */
  async close({ endSession = false } = {}): Promise<void> {
    const { locator, link } = this.deps;
    const url = endSession && this.session ? await locator.now() : null;
    if (url !== null && this.session) await link.end(url, this.session).catch(() => {});
    this.closing.abort();
    locator.close();
    link.close();
  }

  private async initialize(line: string, envelope: Envelope): Promise<void> {
    const { output, identify, initializeWithin } = this.deps;
    identify(envelope.initialize?.clientName ?? '');
    this.session = null;
    this.handshake = null;
    const pending = new Pending(envelope.ids, output);
    try {
      const answer = await this.sendInitialize(line, initializeWithin);
      if (answer.statusCode !== 200) {
        await pending.refuse(answer);
        return;
      }
      pending.deliver(await this.begin(line, answer));
    } catch (error) {
      pending.fail(sentenceOf(error));
    }
  }

  /** Sends `initialize`, again after any failure: it changes nothing, so a repetition does no harm. */
  private async sendInitialize(line: string, limit: Ms): Promise<IncomingMessage> {
    const deadline = performance.now() + limit;
    for (;;) {
      const url = await this.deps.locator.within(Math.max(0, deadline - performance.now()));
      if (url === null) throw new HoldfastError('unreachable', NOT_RUNNING);
      try {
        return await this.deps.link.post(url, line, null);
      } catch (error) {
        if (!(error instanceof RequestFailed) || performance.now() > deadline) throw error;
        await delay(AGAIN_AFTER);
      }
    }
  }

  /** Adopts the session of a response to `initialize`; resolves with the response's text. */
  private async begin(initialize: string, answer: IncomingMessage): Promise<string> {
    const transportId = answer.headers['mcp-session-id'];
    const text = await readText(answer);
    const { result } = JSON.parse(text) as { result?: { protocolVersion?: unknown } };
    const version = result?.protocolVersion;
    if (typeof transportId === 'string') {
      this.session = { transportId, protocolVersion: typeof version === 'string' ? version : null };
      this.handshake = { initialize, initialized: null };
    }
    return text;
  }

  private call(line: string, ids: readonly RequestId[]): void {
    const pending = new Pending(ids, this.deps.output);
    const done = this.carry(line, pending)
      .catch((error) => pending.fail(sentenceOf(error)))
      .finally(() => this.calls.delete(running));
    const running = { pending, done };
    this.calls.add(running);
  }

  private async carry(line: string, pending: Pending): Promise<void> {
    const deps = { ...this.deps, signal: this.closing.signal };
    for (let renewed = false; ; ) {
      const sent = await this.send(line);
      if (sent.answer.statusCode !== 404 || sent.session === null || renewed) {
        await readAnswer(deps, sent.url, sent.answer, sent.session, pending);
        return;
      }
      sent.answer.resume();
      renewed = true;
      await this.renew(sent.session);
    }
  }

  /**
   * Delivers a line at most once, as soon as Holdfast is running.
   * @param within - how long to wait for Holdfast; by default only as long as a restart takes
   * @throws HoldfastError `unreachable` when it is not running, RequestFailed when it went away after the line was sent
   */
  private async send(line: string, within?: Ms) {
    const { locator, link } = this.deps;
    for (;;) {
      const url = await (within === undefined ? locator.now() : locator.within(within));
      if (url === null) throw new HoldfastError('unreachable', NOT_RUNNING);
      const { session } = this;
      try {
        return { url, session, answer: await link.post(url, line, session) };
      } catch (error) {
        // Holdfast did not start on it, so it is safe to send again. The locator is already checking whether it runs.
        if (!(error instanceof RequestFailed) || error.taken) throw error;
        await delay(AGAIN_AFTER);
      }
    }
  }

  /** Replaces a session that ended, using the client's own handshake. Only once, however many calls notice the end. */
  private async renew(ended: BridgeSession): Promise<void> {
    if (this.session !== ended) return this.renewal ?? undefined;
    this.renewal ??= this.beginAnew().finally(() => {
      this.renewal = null;
    });
    await this.renewal;
  }

  private async beginAnew(): Promise<void> {
    const { handshake } = this;
    if (!handshake) return;
    const answer = await this.sendInitialize(handshake.initialize, 0);
    if (answer.statusCode !== 200) {
      answer.destroy();
      throw new HoldfastError('session_not_found', 'The session ended, and Holdfast refused to begin a new one.');
    }
    await this.begin(handshake.initialize, answer);
    this.deps.say('the session had ended in Holdfast; a new one was begun');
    if (handshake.initialized === null || this.handshake === null) return;
    this.handshake.initialized = handshake.initialized;
    (await this.send(handshake.initialized)).answer.resume();
    this.listen();
  }

  private async tell(line: string, { isInitialized, cancels }: Envelope): Promise<void> {
    if (cancels !== null) for (const { pending } of this.calls) pending.forget(cancels);
    if (isInitialized && this.handshake) this.handshake.initialized = line;
    const told = this.queued(async () => {
      (await this.send(line, TELL_WITHIN)).answer.resume();
      if (isInitialized) this.listen();
    });
    // The next line is sent after this one, but does not wait for a Holdfast that is absent or slow.
    if ((await this.deps.locator.now()) === null) return;
    await within(systemTimers, IN_TURN_WITHIN, told, () => {});
  }

  /** Queues a notification or response, so that they keep their order even over a restart of Holdfast. */
  private queued(work: () => Promise<void>): Promise<void> {
    if (this.backlogLength >= MAX_BACKLOG) return Promise.resolve();
    this.backlogLength += 1;
    this.backlog = this.backlog
      .then(work)
      .catch((error) => this.deps.say(`a notification was not delivered: ${sentenceOf(error)}`))
      .finally(() => {
        this.backlogLength -= 1;
      });
    return this.backlog;
  }

  private listen(): void {
    const { session } = this;
    if (session === null) return;
    const deps = {
      ...this.deps,
      signal: this.closing.signal,
      isCurrent: (asked: BridgeSession) => asked === this.session,
      ended: (asked: BridgeSession) => void this.renew(asked).catch((error) => this.deps.say(sentenceOf(error))),
    };
    keepStandaloneStream(deps, session).catch((error) => this.deps.say(`the stream ended: ${sentenceOf(error)}`));
  }
}

function sentenceOf(error: unknown): string {
  if (error instanceof RequestFailed) return UNKNOWN_OUTCOME;
  return error instanceof Error ? error.message : String(error);
}
