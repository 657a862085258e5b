import {
  createMcpHandler,
  createRequestStateCodec,
  type InputRequests,
  inputRequired,
  type McpHttpHandler,
  MissingRequiredClientCapabilityError,
  ProtocolError,
  Server,
  type ServerContext,
} from '@modelcontextprotocol/server';
import { type Ms, SECOND } from '../../../../shared/model/units';
import {
  isNotification,
  isObject,
  isRequest,
  type JsonRpcMessage,
  type JsonRpcNotification,
  type JsonRpcRequest,
  type Params,
  RPC,
} from '../../../mcp/json-rpc';
import type { InitializeResult } from '../../../mcp/server-channel';
import type { Services } from '../../../services';
import type { TransportRecord } from '../../../sessions/session-ports';
import { introduction } from '../aggregate/introduction';
import type { Relay } from '../relay/relay';
import type { Relays } from '../relay/relays';
import { BridgedCall } from './bridged-call';
import { HeldCalls, HOLD } from './held-calls';
import { StatelessCall } from './stateless-call';
import { changeOf, isLoggedAt, plainParams, RESERVED } from './stateless-messages';

/** The newest revision with sessions: what servers are initialized with on behalf of clients that know none. */
const SESSIONFUL = '2025-11-25';
const METHODS: Readonly<Record<string, readonly string[]>> = {
  tools: ['tools/list', 'tools/call'],
  resources: ['resources/list', 'resources/templates/list', 'resources/read'],
  prompts: ['prompts/list', 'prompts/get'],
  completions: ['completion/complete'],
};
/** Requests of servers that a result may carry to the client, with the capability that each needs. */
const ASKABLE: Readonly<Record<string, string>> = {
  'elicitation/create': 'elicitation',
  'sampling/createMessage': 'sampling',
  'roots/list': 'roots',
};
const METHOD_NOT_FOUND = -32601;
/** Questions that come so soon after the first go to the client together with it. */
const GATHER: Ms = 20;

/**
 * Serves clients of the revision without sessions (MCP 2026-07-28) from servers that know sessions alone: one client at one
 * address. The SDK speaks with the client; the session that stands for it at the server is kept here, like any other.
 */
export class StatelessBridge {
  readonly handler: McpHttpHandler;
  private readonly services: Services;
  private readonly relays: Relays;
  private readonly held: HeldCalls;
  private readonly codec: ReturnType<typeof createRequestStateCodec<{ held: string }>>;
  private logLevel: string | null = null;
  private newest: StatelessCall | null = null;
  /** Calls that a request of the client waits for, oldest first. */
  private readonly awaited = new Set<BridgedCall>();

  constructor(services: Services, relays: Relays, secret: Uint8Array) {
    this.services = services;
    this.relays = relays;
    this.held = new HeldCalls(services.timers, services.random);
    this.codec = createRequestStateCodec({
      key: secret,
      ttlSeconds: HOLD / SECOND,
      bind: ({ mcpReq, http }) => `${mcpReq.method} ${http?.authInfo?.clientId ?? ''}`,
    });
    this.handler = createMcpHandler(
      ({ authInfo }) => {
        // Called when a request has passed every check: what is refused leaves no trace in a session.
        const call = authInfo?.extra?.call;
        if (!(call instanceof StatelessCall)) throw new Error('the request came in without its call');
        call.begin();
        return this.serverFor(call);
      },
      {
        legacy: 'reject',
        onerror: (error) => services.log.debug({ err: error }, 'a stateless MCP request was refused'),
      },
    );
  }

  /** Takes what a server said by itself: changes are for those who listen. */
  said(message: JsonRpcMessage): void {
    // A server over stdio does not say what its log and its questions belong to. They go with the newest call that is waited
    // for: it is the same client that gets them.
    const newest = [...this.awaited].at(-1);
    if (isNotification(message)) {
      const change = changeOf(message);
      if (change) this.handler.bus.publish(change);
      else newest?.onnotification?.(message);
    } else if (!isRequest(message)) return;
    else if (newest) newest.ask(message);
    // Unanswered, it would keep the server waiting.
    else this.refuse(message);
  }

  async close(): Promise<void> {
    this.held.close();
    await this.handler.close();
  }

  private async serverFor(call: StatelessCall): Promise<Server> {
    let said: InitializeResult;
    let refusal: ProtocolError | null = null;
    try {
      said = await this.introduce(call);
    } catch (error) {
      // It is told as the answer to what was asked; the SDK would hide it.
      refusal = new ProtocolError(RPC.serverError, error instanceof Error ? error.message : 'The server is not there.');
      const capabilities = Object.fromEntries(Object.keys(METHODS).map((name) => [name, {}]));
      said = { protocolVersion: SESSIONFUL, capabilities, serverInfo: { name: 'holdfast', version: '' } };
    }
    const { capabilities, serverInfo, instructions } = said;
    const server = new Server(serverInfo as { name: string; version: string }, {
      capabilities: Object.fromEntries([...Object.entries(capabilities)].filter(([name]) => name !== 'tasks')),
      ...(instructions === undefined ? {} : { instructions }),
      requestState: { verify: this.codec.verify },
    });
    for (const [capability, methods] of Object.entries(METHODS)) {
      if (capabilities[capability] === undefined) continue;
      for (const method of methods) {
        server.setRequestHandler(method as 'tools/call', (_, context) => {
          if (refusal) throw refusal;
          return this.serve(call, method, context) as never;
        });
      }
    }
    if (!refusal && call.method === 'subscriptions/listen') this.subscribe(call);
    return server;
  }

  /** What the server says of itself: all servers together say so without any of them being started. */
  private introduce(call: StatelessCall): Promise<InitializeResult> | InitializeResult {
    const params = this.initializeParams(call);
    if (call.server === null) {
      return introduction(params, this.services.info().version, this.services.servers.offered());
    }
    return this.relayOf(call).initialize(params, call.caller());
  }

  private async serve(call: StatelessCall, method: string, context: ServerContext): Promise<unknown> {
    const state = context.mcpReq.requestState<{ held: string }>();
    const bridged = state === undefined ? this.start(call, method) : this.held.take(state.held);
    if (!bridged) throw new ProtocolError(RPC.serverError, 'The call that this answers is over. Make the call again.');
    if (state !== undefined) takeAnswers(bridged, call.params.inputResponses);
    bridged.onnotification = (message) => this.pass(call, context, message);
    this.awaited.add(bridged);
    try {
      return await this.outcome(bridged, call, context);
    } finally {
      this.awaited.delete(bridged);
      bridged.onnotification = null;
    }
  }

  /** The answer to the call, or what the server asks the client before it can answer. */
  private async outcome(bridged: BridgedCall, call: StatelessCall, context: ServerContext): Promise<unknown> {
    const { signal } = context.mcpReq;
    while (bridged.questions.size === 0) {
      await bridged.news(signal);
      if (signal.aborted) {
        bridged.cancel();
        throw new ProtocolError(RPC.serverError, 'The request was cancelled.');
      }
      if (bridged.response) return resultOf(bridged.response);
      // A server that asks several things at once sends them one by one.
      await new Promise<void>((resolve) => this.services.timers.after(GATHER, resolve));
      refuseUndeclared(bridged, call.capabilities);
    }
    const inputRequests: Record<string, unknown> = {};
    for (const [key, { method, params }] of bridged.questions) inputRequests[key] = { method, params: params ?? {} };
    const requestState = await this.codec.mint({ held: this.held.keep(bridged) }, context);
    return inputRequired({ inputRequests: inputRequests as InputRequests, requestState });
  }

  private start(call: StatelessCall, method: string): BridgedCall {
    this.newest = call;
    this.setLogLevel(call);
    const bridged = new BridgedCall(this.relayOf(call), call.caller());
    bridged.start(method, plainParams(call.params), this.initializeParams(call));
    return bridged;
  }

  /** Sends what belongs to the call ahead of its answer; of the log only what was asked for. */
  private pass(call: StatelessCall, context: ServerContext, message: JsonRpcNotification): void {
    if (message.method === 'notifications/message' && !isLoggedAt(call.meta[RESERVED.logLevel], message)) return;
    context.mcpReq
      .notify(message as Parameters<ServerContext['mcpReq']['notify']>[0])
      .catch((error) => this.services.log.debug({ err: error }, 'a notification found nobody'));
  }

  private refuse({ id, method }: JsonRpcRequest): void {
    const { newest } = this;
    const record = newest && this.recordOf(newest);
    if (!record) return;
    const error = {
      code: METHOD_NOT_FOUND,
      message: `A client without sessions answers ${method} only within a call.`,
    };
    this.relays.find(record)?.respond({ jsonrpc: '2.0', id, error }, newest.caller());
  }

  /** A log level is the session's at the server, and of each request here: the newest that was asked for holds. */
  private setLogLevel(call: StatelessCall): void {
    const level = call.meta[RESERVED.logLevel];
    if (typeof level !== 'string' || level === this.logLevel) return;
    this.logLevel = level;
    this.ask(call, 'logging/setLevel', { level });
  }

  private subscribe(call: StatelessCall): void {
    const wanted = isObject(call.params.notifications) ? call.params.notifications.resourceSubscriptions : [];
    for (const uri of Array.isArray(wanted) ? wanted : []) this.ask(call, 'resources/subscribe', { uri });
  }

  /** Asks for something whose answer nobody waits for. */
  private ask(call: StatelessCall, method: string, params: Params): void {
    new BridgedCall(this.relayOf(call), call.caller()).start(method, params, this.initializeParams(call));
  }

  private relayOf(call: StatelessCall): Relay {
    const record = this.recordOf(call);
    if (!record) throw new ProtocolError(RPC.serverError, 'The session of this request has just ended. Try again.');
    return this.relays.of(record);
  }

  private recordOf(call: StatelessCall): TransportRecord | null {
    return this.services.manager.findTransport(call.caller().transport_id, call.client.client_id);
  }

  private initializeParams({ capabilities, meta, client }: StatelessCall): Params {
    const clientInfo = meta[RESERVED.clientInfo] ?? { name: client.name, version: '' };
    return { protocolVersion: SESSIONFUL, capabilities, clientInfo };
  }
}

function takeAnswers(call: BridgedCall, answers: unknown): void {
  if (!isObject(answers)) return;
  for (const [key, result] of Object.entries(answers)) if (isObject(result)) call.answer(key, { result });
}

/**
 * A client is asked only for what it says it can do. What else the server asks is refused; when nothing is left to ask, the
 * call cannot go on, and the client is told what it lacks.
 */
function refuseUndeclared(call: BridgedCall, capabilities: Params): void {
  const missing: string[] = [];
  for (const [key, { method }] of [...call.questions]) {
    const capability = ASKABLE[method];
    if (capability !== undefined && capabilities[capability] !== undefined) continue;
    if (capability !== undefined) missing.push(capability);
    call.answer(key, { error: { code: METHOD_NOT_FOUND, message: `This client does not answer ${method}.` } });
  }
  if (missing.length === 0 || call.questions.size > 0) return;
  call.cancel();
  const requiredCapabilities = Object.fromEntries(missing.map((capability) => [capability, {}]));
  throw new MissingRequiredClientCapabilityError({ requiredCapabilities });
}

function resultOf({ error, result }: NonNullable<BridgedCall['response']>): unknown {
  if (error) throw new ProtocolError(error.code, error.message, error.data);
  return result;
}
