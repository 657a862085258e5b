import type { IncomingMessage } from 'node:http';
import type { ClientProcess } from '../../../shared/contract/client-process';
import { CLIENT_PROCESS_HEADER, toHeader } from '../../../shared/model/client-process';
import { type Ms, SECOND } from '../../../shared/model/units';
import { EVENT_STREAM } from '../../http-client/answer-body';
import { RequestFailed } from '../../http-client/failures';
import { DIRECT } from '../../http-client/network';
import { HttpRequests } from '../../http-client/requests';
import { systemTimers } from '../../platform/node';
import type { HoldfastLocator } from './holdfast-locator';

/** How long a stream may be silent; Holdfast sends a keep-alive every 15 s. */
const STREAM_SILENCE: Ms = 45 * SECOND;
/** How long a POST may wait for its response to begin. Clients have shorter limits of their own. */
const CALL_SILENCE: Ms = 300 * SECOND;
const BOTH = `application/json, ${EVENT_STREAM}`;

/** The headers that identify a session to Holdfast. */
export interface BridgeSession {
  /** The `Mcp-Session-Id`. */
  readonly transportId: string;
  /** The negotiated revision; null when the server named none. */
  readonly protocolVersion: string | null;
}

/** Sends the client's messages to one path of Holdfast, at whatever address it currently has. */
export class Link {
  private readonly locator: HoldfastLocator;
  private readonly path: string;
  private readonly key: () => Promise<string>;
  private readonly startedBy: Promise<ClientProcess | null>;
  private at: { url: string; requests: HttpRequests } | null = null;

  /**
   * @param path - for example `/mcp`
   * @param startedBy - the program that this bridge works for, told with each new session; null if it is not known
   */
  constructor(
    locator: HoldfastLocator,
    path: string,
    key: () => Promise<string>,
    startedBy: Promise<ClientProcess | null>,
  ) {
    this.locator = locator;
    this.path = path;
    this.key = key;
    this.startedBy = startedBy;
  }

  /** @throws RequestFailed without a response; its `taken` tells whether Holdfast may have started on the request */
  async post(url: string, body: string, session: BridgeSession | null): Promise<IncomingMessage> {
    const startedBy = session === null ? await this.startedBy : null;
    const identity: Record<string, string> = startedBy === null ? {} : { [CLIENT_PROCESS_HEADER]: toHeader(startedBy) };
    const headers = { accept: BOTH, 'content-type': 'application/json', ...headersOf(session), ...identity };
    return this.send(url, { method: 'POST', headers, body, silence: CALL_SILENCE });
  }

  /** Opens the session's standalone stream, or resumes the stream that had this event. */
  get(url: string, session: BridgeSession, lastEventId: string | null): Promise<IncomingMessage> {
    const resume: Record<string, string> = lastEventId === null ? {} : { 'last-event-id': lastEventId };
    const headers = { accept: EVENT_STREAM, ...headersOf(session), ...resume };
    return this.send(url, { method: 'GET', headers, silence: STREAM_SILENCE });
  }

  end(url: string, session: BridgeSession): Promise<IncomingMessage> {
    return this.send(url, { method: 'DELETE', headers: headersOf(session), silence: SECOND });
  }

  close(): void {
    this.at?.requests.close();
  }

  private async send(url: string, request: Parameters<HttpRequests['send']>[0]): Promise<IncomingMessage> {
    try {
      const authorization = `Bearer ${await this.key()}`;
      return await this.requestsTo(url).send({ ...request, headers: { ...request.headers, authorization } });
    } catch (error) {
      if (error instanceof RequestFailed) this.locator.lost(url);
      throw error;
    }
  }

  private requestsTo(url: string): HttpRequests {
    if (this.at?.url !== url) {
      this.at?.requests.close();
      this.at = { url, requests: new HttpRequests({ url: url + this.path, headers: {} }, systemTimers, DIRECT) };
    }
    return this.at.requests;
  }
}

const headersOf = (session: BridgeSession | null): Record<string, string> => {
  if (session === null) return {};
  const { transportId, protocolVersion } = session;
  const version: Record<string, string> = protocolVersion === null ? {} : { 'mcp-protocol-version': protocolVersion };
  return { 'mcp-session-id': transportId, ...version };
};
