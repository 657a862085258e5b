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
import { z } from 'zod';
import { isOfMany } from '../../../../shared/model/mcp-address';
import { type Ms, SECOND } from '../../../../shared/model/units';
import { knowsTasks, TASKS_EXTENSION } from '../../../mcp/extensions';
import {
  isNotification,
  isObject,
  isRequest,
  type JsonRpcMessage,
  type JsonRpcNotification,
  type JsonRpcRequest,
  type Params,
  type RequestId,
  RPC,
} from '../../../mcp/json-rpc';
import type { InitializeResult } from '../../../mcp/server-channel';
import type { Services } from '../../../services';
import type { TransportRecord } from '../../../sessions/session-ports';
import { introduction } from '../aggregate/introduction';
import { serverName } from '../aggregate/names';
import { watched } from '../long-calls/watched-call';
import { newsResult } from '../lost-session';
import type { Relay } from '../relay/relay';
import type { Relays } from '../relay/relays';
import type { TaskPlace } from '../tasks/followed-task';
import { EXTENSION_METHODS } from '../tasks/task-messages';
import { planWithoutSession } from '../tasks/task-plan';
import { Sight } from '../visibility/sight';
import { BridgedCall } from './bridged-call';
import { BridgedTasks, unaskable } from './bridged-tasks';
import { HeldCalls, HOLD } from './held-calls';
import type { NumberMarks } from './number-marks';
import { StatelessCall } from './stateless-call';
import {
  answerable,
  capabilityFor,
  changeOf,
  isLoggedAt,
  paramsForServer,
  RESERVED,
  SESSIONFUL,
  takenBackBy,
  withTokenOf,
} from './stateless-messages';
import { TaskSubscriptions } from './task-subscriptions';

const METHODS: Readonly<Record<string, readonly string[]>> = {
  tools: ['tools/list', 'tools/call'],
  resources: ['resources/list', 'resources/templates/list', 'resources/read'],
  prompts: ['prompts/list', 'prompts/get'],
  completions: ['completion/complete'],
};
const METHOD_NOT_FOUND = -32601;
/** Questions that arrive within this time are sent to the client together. */
const GATHER: Ms = 20;

/**
 * Serves one client of the revision without sessions (MCP 2026-07-28) at one address, from servers that only know
 * sessions. The SDK talks to the client; the session with the server is kept here, like any other.
 */
export class StatelessBridge {
  private readonly handler: McpHttpHandler;
  private readonly services: Services;
  private readonly relays: Relays;
  private readonly held: HeldCalls;
  private readonly tasks: BridgedTasks;
  private readonly subscriptions: TaskSubscriptions;
  private readonly codec: ReturnType<typeof createRequestStateCodec<{ held: string }>>;
  private logLevel: string | null = null;
  private newest: StatelessCall | null = null;
  /** Calls that a client request is waiting for, oldest first, and what the client can do by that request. */
  private readonly awaited = new Map<BridgedCall, Params>();

  constructor(services: Services, relays: Relays, secret: Uint8Array) {
    this.services = services;
    this.relays = relays;
    this.held = new HeldCalls(services.timers, services.random);
    this.tasks = new BridgedTasks(services);
    this.subscriptions = new TaskSubscriptions({
      services,
      look: (call, taskId, signal) => this.look(call, taskId, signal),
    });
    this.codec = createRequestStateCodec({
      key: secret,
      ttlSeconds: HOLD / SECOND,
      bind: ({ mcpReq, http }) => `${mcpReq.method} ${http?.authInfo?.clientId ?? ''}`,
    });
    this.handler = createMcpHandler(
      ({ authInfo }) => {
        // Runs once a request has passed every check, so refused ones leave no trace in a session.
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

  /** Answers one request of the client. */
  async answer(request: Request, parsedBody: unknown, call: StatelessCall): Promise<Response> {
    const response = await this.handler.fetch(request, { authInfo: call.authInfo, parsedBody });
    return this.subscriptions.join(response, call);
  }

  /**
   * Handles a message that a server sent on its own, or within a call that has been answered with a task or a handle. Changes are
   * published to subscribers.
   * @param ofCall - that call; null if there is none, or it is not known
   */
  said(message: JsonRpcMessage, ofCall: RequestId | null): void {
    const taken = takenBackBy(message);
    if (taken !== null) {
      for (const call of this.awaited.keys()) call.takenBack(taken);
      this.held.takenBack(taken);
      this.tasks.takenBack(taken);
    } else if (isNotification(message)) {
      // Of the form that its revision does not have.
      if (message.method === 'notifications/tasks/status') return;
      const change = changeOf(message);
      if (change) this.handler.bus.publish(change);
      else [...this.awaited.keys()].at(-1)?.onnotification?.(message);
    } else if (isRequest(message)) this.asked(message, ofCall);
  }

  private asked(question: JsonRpcRequest, ofCall: RequestId | null): void {
    if (this.tasks.asked(question, ofCall)) return;
    const to = this.waitingFor(question, ofCall);
    if (to) to.ask(question);
    // Left unanswered, it would keep the server waiting.
    else if (ofCall !== null || !this.tasks.askedByAny(question)) this.refuse(question);
  }

  /**
   * Which call brings the question to the client. A server over stdio does not say which call its log messages and questions
   * belong to: they go to the newest one being waited for; the client is the same in any case. So does the question of a call
   * whose client has a handle, but it must not end the other call.
   */
  private waitingFor({ method }: JsonRpcRequest, ofCall: RequestId | null): BridgedCall | undefined {
    const awaited = [...this.awaited];
    if (ofCall === null) return awaited.at(-1)?.[0];
    const own = awaited.find(([call]) => call.isCall(ofCall));
    if (own) return own[0];
    if (this.services.longCalls.ofCall(Number(ofCall))?.shown_as === 'task') return undefined;
    return awaited.findLast(([, capabilities]) => answerable(method, capabilities))?.[0];
  }

  /** The client has another session from now on, whose servers know nothing of what was set here. */
  sessionChanged(): void {
    this.logLevel = null;
  }

  async close(): Promise<void> {
    this.held.close();
    this.subscriptions.close();
    await this.handler.close();
  }

  private async serverFor(call: StatelessCall): Promise<Server> {
    let said: InitializeResult;
    let refusal: ProtocolError | null = null;
    try {
      said = await this.introduce(call);
    } catch (error) {
      // Reported as the answer to the request itself; if thrown here, the SDK would hide it.
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
    if (!refusal) this.addTasks(server, call);
    if (!refusal && call.method === 'subscriptions/listen') this.subscribe(call);
    return server;
  }

  /** How the server introduces itself. For all servers together, the answer is made without starting any of them. */
  private async introduce(call: StatelessCall): Promise<InitializeResult> {
    const params = this.initializeParams(call);
    if (isOfMany(call.server)) {
      const sight = new Sight(this.services, call.client.client_id, call.server);
      return withTasks(introduction(params, this.services.info().version, this.services.servers, sight));
    }
    return withTasks(await this.relayOf(call).initialize(params, call.caller()));
  }

  private addTasks(server: Server, call: StatelessCall): void {
    for (const method of EXTENSION_METHODS) {
      server.setRequestHandler(method, { params: OF_TASK }, (_, context) => {
        if (!knowsTasks(call.capabilities))
          throw new MissingRequiredClientCapabilityError({ requiredCapabilities: KNOWING });
        return (this.tasks.serve(call, method) ?? this.serve(call, method, context)) as never;
      });
    }
  }

  private async serve(call: StatelessCall, method: string, context: ServerContext): Promise<unknown> {
    const state = context.mcpReq.requestState<{ held: string }>();
    // What answers a question of a call that was cut off is told so by that call.
    const news = state === undefined ? await call.news() : null;
    if (news) return newsResult(news);
    const bridged = state === undefined ? this.start(call, method) : this.held.take(state.held);
    if (!bridged) throw new ProtocolError(RPC.serverError, 'The call that this answers is over. Make the call again.');
    if (state !== undefined) {
      takeAnswers(bridged, call.params.inputResponses);
      bridged.continued(call.arrived);
    }
    bridged.onnotification = (message) => this.pass(call, context, message);
    this.awaited.set(bridged, call.capabilities);
    try {
      return await this.outcome(bridged, call, context);
    } finally {
      this.awaited.delete(bridged);
      bridged.onnotification = null;
    }
  }

  /** The answer to the call, or the questions that the client must answer first. */
  private async outcome(bridged: BridgedCall, call: StatelessCall, context: ServerContext): Promise<unknown> {
    const { signal } = context.mcpReq;
    while (bridged.questions.size === 0) {
      await bridged.news(signal);
      if (signal.aborted) {
        bridged.left();
        throw new ProtocolError(RPC.serverError, 'The request was cancelled.');
      }
      if (bridged.response) {
        call.answered(bridged.response);
        this.tasks.begun(call, bridged, bridged.response);
        return resultOf(bridged.response, call.marks);
      }
      // Servers that ask several things at once send them one by one.
      await new Promise<void>((resolve) => this.services.timers.after(GATHER, resolve));
      refuseUndeclared(bridged, call.capabilities);
    }
    const inputRequests: Record<string, unknown> = {};
    for (const [key, { method, params }] of bridged.questions) {
      inputRequests[key] = { method, params: call.marks.put(params ?? {}) };
    }
    bridged.paused();
    const requestState = await this.codec.mint({ held: this.held.keep(bridged) }, context);
    return inputRequired({ inputRequests: inputRequests as InputRequests, requestState });
  }

  private start(call: StatelessCall, method: string): BridgedCall {
    this.newest = call;
    this.setLogLevel(call);
    const record = this.recordOf(call);
    const relay = this.relayOf(call);
    const bridged = new BridgedCall(relay, call.caller());
    const { client, server: address, arrived } = call;
    const { transport_id } = call.caller();
    const initializeParams = this.initializeParams(call);
    const ask: TaskPlace['ask'] = (request, to) => relay.request(request, call.caller(), initializeParams, to);
    const place = { client, session_id: record?.session_id ?? null, transport_id, address, arrived, relay, ask };
    const params = paramsForServer(method, call.params, mayBeTask(call, method));
    const said = { jsonrpc: '2.0' as const, id: '', method, params };
    const plan = planWithoutSession(this.services, said, address, call.capabilities);
    bridged.start(
      method,
      plan.request.params ?? {},
      initializeParams,
      (id) => call.sentAs(id),
      (request, replyTo) => watched(this.services, place, { ...plan, request }, replyTo),
    );
    return bridged;
  }

  /** Sends the client a notification ahead of the call's answer. Log messages below the requested level are dropped. */
  private pass(call: StatelessCall, context: ServerContext, message: JsonRpcNotification): void {
    if (message.method === 'notifications/message' && !isLoggedAt(call.meta[RESERVED.logLevel], message)) return;
    const said = withTokenOf(call.meta.progressToken, message);
    if (said === null) return;
    call.answering();
    context.mcpReq
      .notify(said as Parameters<ServerContext['mcpReq']['notify']>[0])
      .catch((error) => this.services.log.debug({ err: error }, 'a notification could not be delivered'));
  }

  /** See {@link TaskSubscriptionsDeps.look}. */
  private async look(call: StatelessCall, taskId: string, signal: AbortSignal): Promise<Params | null> {
    const made = this.tasks.look(call, taskId);
    if (made) return made;
    const bridged = new BridgedCall(this.relayOf(call), call.caller());
    const params = paramsForServer('tasks/get', { taskId }, true);
    bridged.start('tasks/get', params, this.initializeParams(call));
    await bridged.news(signal);
    if (!bridged.response) bridged.left();
    const task = bridged.response?.result;
    return isObject(task) ? (call.marks.put(task) as Params) : null;
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

  /** A server has one log level per session, but each request here has its own. The newest one requested applies. */
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

  /** Sends a request whose answer nobody waits for. */
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

const KNOWING = { extensions: { [TASKS_EXTENSION]: {} } };
const OF_TASK = z.looseObject({ taskId: z.string() });

function withTasks(said: InitializeResult): InitializeResult {
  const { extensions } = said.capabilities;
  const all = { ...(isObject(extensions) ? extensions : {}), ...KNOWING.extensions };
  return { ...said, capabilities: { ...said.capabilities, extensions: all } };
}

/** Whether a server may answer the request with a task, or is asked for one. Holdfast's own tools never begin any. */
function mayBeTask({ server, params, capabilities }: StatelessCall, method: string): boolean {
  if (!knowsTasks(capabilities)) return false;
  if (method !== 'tools/call') return method.startsWith('tasks/');
  return !isOfMany(server) || (typeof params.name === 'string' && serverName(params.name) !== null);
}

function takeAnswers(call: BridgedCall, answers: unknown): void {
  if (!isObject(answers)) return;
  for (const [key, result] of Object.entries(answers)) if (isObject(result)) call.answer(key, { result });
}

/**
 * Refuses questions for which the client has not declared the capability. If that leaves none to ask, the call cannot
 * go on and is cancelled.
 * @throws MissingRequiredClientCapabilityError when the call was cancelled, to tell the client what it lacks
 */
function refuseUndeclared(call: BridgedCall, capabilities: Params): void {
  const missing: string[] = [];
  for (const [key, { method }] of [...call.questions]) {
    if (answerable(method, capabilities)) continue;
    const capability = capabilityFor(method);
    if (capability !== null) missing.push(capability);
    call.answer(key, { error: unaskable(method) });
  }
  if (missing.length === 0 || call.questions.size > 0) return;
  call.cancel();
  const requiredCapabilities = Object.fromEntries(missing.map((capability) => [capability, {}]));
  throw new MissingRequiredClientCapabilityError({ requiredCapabilities });
}

function resultOf({ error, result }: NonNullable<BridgedCall['response']>, marks: NumberMarks): unknown {
  // No ProtocolError: the SDK replaces some of those, such as -32042 (MCP 2025-11-25, elicitation, URL mode), by an
  // internal error.
  if (error) throw Object.assign(new Error(error.message), { code: error.code, data: marks.within(error.data) });
  return marks.put(result);
}
