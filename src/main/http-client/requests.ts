import type { Agent, ClientRequest, IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { type Sentence, said } from '../../shared/messages/said';
import type { Ms } from '../../shared/model/units';
import { MINUTE, SECOND } from '../../shared/model/units';
import { systemClock } from '../platform/node';
import { request as httpRequest } from '../platform/node-http';
import type { Timers } from '../platform/ports';
import { networkFailure, RequestFailed } from './failures';
import type { Network } from './network';
import type { Route } from './route';

const CONNECT_LIMIT: Ms = 10 * SECOND;
/**
 * After the machine woke, for as long as {@link HttpRequests.renew} says. Packets sent before the network is back are lost,
 * and the pauses before TCP sends the first one again soon grow to several seconds: a new connection is faster.
 */
const CONNECT_LIMIT_WAKING: Ms = 2 * SECOND;
/** With this, TCP keep-alive notices within about 11 s that a peer vanished while the machine slept. */
const PROBE_WAKING: Ms = SECOND;
/** Servers close idle connections after 5 s; closing them earlier keeps a request from running into that. */
const SPARE_LIMIT: Ms = 4 * SECOND;
/** For requests that must not be sent twice: no server is known to close a connection sooner. */
const SPARE_LIMIT_ONCE: Ms = SECOND;
/** How long a server that cut an idle connection is not trusted with another one. */
const DISTRUST: Ms = 10 * MINUTE;
/** With this, TCP keep-alive notices a peer that vanished silently within about 25 s. */
const PROBE_AFTER: Ms = 15 * SECOND;
const MAX_REDIRECTS = 3;
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 307, 308]);

/** URL of a server over HTTP, and the headers sent with every request. */
export interface HttpAddress {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

export interface HttpRequest {
  readonly method: 'POST' | 'GET' | 'DELETE';
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  readonly signal?: AbortSignal;
  /**
   * Whether it does no harm when the server gets it twice. It is then sent again, once, when a connection that was kept
   * from an earlier request is cut before a byte of the response came: the server may have closed it at that moment, and
   * nobody can know whether it read the request. Without it, GET and DELETE are.
   */
  readonly mayRepeat?: boolean;
  /** The request fails when no byte arrives for this long; 0 means no limit. */
  readonly silence: Ms;
  /** Called when it goes out on a connection that is there: until then the server certainly has not got it. */
  readonly onSent?: () => void;
  /** False: it is sent as it is, even if it will be refused, rather than wait for somebody to log in. */
  readonly mayWait?: boolean;
  /** True: it can be done without, and a server may refuse it for reasons of its own. It asks nobody to log in. */
  readonly isOptional?: boolean;
  /** Called when the request begins to wait for somebody to log in, and when it does no longer. */
  readonly onHeld?: (isHeld: boolean) => void;
}

/**
 * Sends HTTP requests to one server, with the headers of its entry, over whatever way the network has to it. Follows redirects
 * within the same origin only, since the headers must not go anywhere else; or none at all.
 */
export class HttpRequests {
  private url: URL;
  private readonly headers: Readonly<Record<string, string>>;
  private readonly timers: Timers;
  private readonly redirects: 'within_origin' | 'none';
  private readonly route: Route;
  private readonly agent: Agent;
  /** For requests that must not be sent twice. */
  private readonly agentOnce: Agent;
  private trustsSpares = true;
  /** When the latest request was sent, by the wall clock. */
  private sentAt: Ms = 0;
  private connectLimit = CONNECT_LIMIT;
  private cancelWaking = () => {};
  private isClosed = false;
  private cancelDistrust = () => {};
  /** Failures of requests on a kept connection, before a byte of the response. */
  private readonly ofSpares = new WeakSet<Error>();

  /** @throws RequestFailed when the address is not an http or https URL, or its proxy is named in a wrong way */
  constructor(
    address: HttpAddress,
    timers: Timers,
    network: Network,
    redirects: 'within_origin' | 'none' = 'within_origin',
  ) {
    this.url = parseUrl(address.url);
    // Compression costs time on both sides, and some servers do it badly.
    this.headers = { 'user-agent': 'holdfast', 'accept-encoding': 'identity', ...lowerCased(address.headers) };
    this.timers = timers;
    this.redirects = redirects;
    this.route = network.routeTo(this.url);
    const timing = { timers, limit: CONNECT_LIMIT, probeAfter: PROBE_AFTER };
    const agent = (timeout: Ms) => this.route.agent({ keepAlive: true, keepAliveMsecs: PROBE_AFTER, timeout }, timing);
    this.agent = agent(SPARE_LIMIT);
    this.agentOnce = agent(SPARE_LIMIT_ONCE);
  }

  /**
   * Resolves once the headers of the response have arrived. The caller must read the body or destroy the response.
   * @throws RequestFailed when no response arrives, or when a redirect cannot be followed
   */
  async send(request: HttpRequest): Promise<IncomingMessage> {
    for (let redirects = 0; ; redirects += 1) {
      const answer = await this.sendSafely(request);
      const refusal = this.route.refusal(answer);
      if (refusal) {
        answer.destroy();
        throw refusal;
      }
      const { location } = answer.headers;
      if (this.redirects === 'none') return answer;
      if (!REDIRECTS.has(answer.statusCode ?? 0) || location === undefined) return answer;
      answer.destroy();
      const next = this.redirected(location);
      if (redirects === MAX_REDIRECTS) throw lasting(said('said.net.circle'));
      this.url = next;
    }
  }

  /**
   * Call when the machine has woken: connections from before may lead nowhere. Those that no request uses are closed; the
   * others are watched closely, as an answer may still come on them.
   * @param waking - for how long the network may not be back
   */
  renew(waking: Ms): void {
    if (this.isClosed) return;
    for (const agent of [this.agent, this.agentOnce]) {
      closeSpares(agent);
      for (const sockets of Object.values(agent.sockets)) {
        for (const socket of sockets ?? []) {
          if (socket.connecting) socket.destroy(notInTime());
          else socket.setKeepAlive(true, PROBE_WAKING);
        }
      }
    }
    this.connectLimit = CONNECT_LIMIT_WAKING;
    this.cancelWaking();
    this.cancelWaking = this.timers.after(waking, () => {
      this.connectLimit = CONNECT_LIMIT;
    });
  }

  /** Cuts all connections. Requests that are still running fail. */
  close(): void {
    this.isClosed = true;
    this.cancelWaking();
    this.cancelDistrust();
    this.agent.destroy();
    this.agentOnce.destroy();
  }

  private async sendSafely(request: HttpRequest): Promise<IncomingMessage> {
    const mayRepeat = request.mayRepeat ?? request.method !== 'POST';
    const agent = mayRepeat ? this.agent : this.agentOnce;
    this.closeSlept();
    if (!mayRepeat && !this.trustsSpares) closeSpares(agent);
    try {
      return await this.sendOnce(request, agent);
    } catch (error) {
      if (!(error instanceof RequestFailed) || !this.ofSpares.has(error) || this.isClosed) throw error;
      this.distrustSpares();
      if (!mayRepeat || request.signal?.aborted) throw error;
      closeSpares(agent);
      return await this.sendOnce(request, agent);
    }
  }

  /**
   * The timers that close idle connections stand still while the machine sleeps; the wall clock does not. So no request is
   * sent on an earlier connection, even if nobody has noticed the sleep yet.
   */
  private closeSlept(): void {
    const now = systemClock.now();
    if (Math.abs(now - this.sentAt) > SPARE_LIMIT) for (const agent of [this.agent, this.agentOnce]) closeSpares(agent);
    this.sentAt = now;
  }

  private distrustSpares(): void {
    this.trustsSpares = false;
    this.cancelDistrust();
    this.cancelDistrust = this.timers.after(DISTRUST, () => {
      this.trustsSpares = true;
    });
  }

  private sendOnce(
    { method, headers, body, signal, silence, onSent }: HttpRequest,
    agent: Agent,
  ): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      const { url, route } = this;
      const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
      const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
      let connected = false;
      let readBefore = 0;
      let request: ClientRequest;
      try {
        const head = route.head(url);
        const all = { ...this.headers, ...headers, ...length, ...head.headers };
        request = send(url, { ...head, method, agent, signal, headers: all });
      } catch (error) {
        // Node's message names the header, which is of no use to a client of the server.
        const message = said('said.net.bad_header');
        reject(new RequestFailed(message, { taken: false, passing: false }, { cause: error }));
        return;
      }
      const fail = (error: Error) => {
        stopWaiting();
        if (error instanceof RequestFailed) return reject(error);
        const failure = networkFailure(error, route.host, connected);
        const isUnanswered = request.reusedSocket && (request.socket?.bytesRead ?? readBefore) === readBefore;
        if (isUnanswered && !signal?.aborted) this.ofSpares.add(failure);
        reject(failure);
      };
      const cancelLimit = this.timers.after(this.connectLimit, () => {
        giveUp((request.socket ? null : route.slow()) ?? notInTime());
      });
      const abandon = () => giveUp(new Error('the request was aborted'));
      const stopWaiting = () => {
        cancelLimit();
        signal?.removeEventListener('abort', abandon);
      };
      const giveUp = (error: Error) => {
        request.destroy(error);
        // While a proxy is still opening a connection, the request is told nothing of its end.
        if (!request.socket) fail(error);
      };
      request.once('socket', (socket) => {
        signal?.removeEventListener('abort', abandon);
        const ready = () => {
          cancelLimit();
          connected = true;
          onSent?.();
          readBefore = socket.bytesRead;
          socket.setKeepAlive(true, PROBE_AFTER);
          request.setTimeout(silence, () => {
            request.destroy(new RequestFailed(said('said.net.silent'), { taken: true, passing: true }));
          });
        };
        const isOpen = url.protocol === 'http:' && !socket.connecting;
        if (request.reusedSocket || isOpen) ready();
        else socket.once(url.protocol === 'https:' ? 'secureConnect' : 'connect', ready);
      });
      request.once('response', resolve);
      request.on('error', fail);
      request.end(body);
      if (signal?.aborted) abandon();
      else signal?.addEventListener('abort', abandon);
    });
  }

  private redirected(location: string): URL {
    const next = URL.canParse(location, this.url) ? new URL(location, this.url) : null;
    if (next?.origin === this.url.origin) {
      next.username = this.url.username;
      next.password = this.url.password;
      return next;
    }
    if (!next) throw lasting(said('said.net.redirect_nowhere'));
    throw lasting(said('said.net.redirect', { where: `${next.protocol}//${next.host}` }));
  }
}

/** Closes the connections that no request uses at the moment. */
function closeSpares({ freeSockets }: Agent): void {
  for (const sockets of Object.values(freeSockets)) for (const socket of [...(sockets ?? [])]) socket.destroy();
}

const notInTime = () => Object.assign(new Error('no connection in time'), { code: 'ETIMEDOUT' });

const lasting = (message: Sentence) => new RequestFailed(message, { taken: false, passing: false });

function parseUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:') {
    throw lasting(said('said.net.bad_address'));
  }
  return url;
}

const lowerCased = (headers: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
