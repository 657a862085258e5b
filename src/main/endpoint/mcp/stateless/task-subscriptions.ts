import { isOfMany } from '../../../../shared/model/mcp-address';
import { MINUTE, type Ms, SECOND } from '../../../../shared/model/units';
import { EVENT_STREAM } from '../../../http-client/answer-body';
import type { LongCall } from '../../../long-calls/long-call-ports';
import { knowsTasks } from '../../../mcp/extensions';
import { isObject, type Params, type RequestId, RPC, rpcError } from '../../../mcp/json-rpc';
import { isUpFor } from '../../../mcp/server-source';
import type { Services } from '../../../services';
import { type Named, serverName } from '../aggregate/names';
import { ClientTasks } from '../tasks/client-tasks';
import { OwnTasks } from '../tasks/own-tasks';
import { refusedWithoutTasks } from '../tasks/task-refusal';
import type { StatelessCall } from './stateless-call';

const SUBSCRIPTION = 'io.modelcontextprotocol/subscriptionId';
const ACKNOWLEDGED = 'notifications/subscriptions/acknowledged';
/** Tasks of one stream; a client has no more calls that run. */
const MOST_TASKS = 100;
/** Streams of one client at one address. */
const MOST_STREAMS = 64;
/** How often a task is looked at, unless its server wants it less often. */
const LOOK_EVERY: Ms = SECOND;
/** The more often in a row nothing was found, the longer the pause, up to this. */
const LEAST_OFTEN: Ms = MINUTE;
/** How long one look may take; then there is another. */
const LOOK_LIMIT: Ms = 30 * SECOND;
const KEEP_ALIVE: Ms = 15 * SECOND;
const END = '\n\n';
const TOO_MANY = `${MOST_STREAMS} of your streams listen for tasks here. End one of them first, or ask with tasks/get.`;
/** A task that has just begun, which is what its client knows of it. */
const BEGUN = signOf({ status: 'working' });

export interface TaskSubscriptionsDeps {
  readonly services: Pick<Services, 'timers' | 'longCalls' | 'store' | 'servers' | 'manager' | 'clock' | 'log'>;
  /** A task as `tasks/get` would answer now, which starts a server that is down; null if that is an error or `signal` aborts. */
  readonly look: (call: StatelessCall, taskId: string, signal: AbortSignal) => Promise<Params | null>;
}

/**
 * Tells the streams of `subscriptions/listen` of one client what becomes of its tasks (SEP-2663, task status notifications): each
 * notification is the whole task, as `tasks/get` would answer. The SDK, which serves these streams, knows nothing of tasks.
 */
export class TaskSubscriptions {
  private readonly deps: TaskSubscriptionsDeps;
  private readonly open = new Set<TaskStream>();

  constructor(deps: TaskSubscriptionsDeps) {
    this.deps = deps;
  }

  /** The answer of the SDK to this request; with the tasks that it asks for and that are its client's, if it is such a stream. */
  async join(response: Response, call: StatelessCall): Promise<Response> {
    const { id } = call;
    const wanted = call.method === 'subscriptions/listen' ? taskIdsIn(call.params) : [];
    const isStream = response.headers.get('content-type')?.startsWith(EVENT_STREAM) === true;
    if (wanted.length === 0 || id === null || !response.body || !isStream) return response;
    if (!knowsTasks(call.capabilities)) {
      await response.body.cancel();
      return Response.json(refusedWithoutTasks(id), { status: 400 });
    }
    const taskIds = wanted.filter((taskId) => this.isOwn(taskId, call)).slice(0, MOST_TASKS);
    if (taskIds.length === 0) return response;
    if (this.open.size >= MOST_STREAMS) {
      await response.body.cancel();
      return Response.json(rpcError(id, RPC.serverError, TOO_MANY));
    }
    const stream = new TaskStream({
      id,
      taskIds,
      answer: response.body,
      timers: this.deps.services.timers,
      look: (taskId, isFirst, signal) => this.look(taskId, call, isFirst, signal),
      pause: (taskId, limit, signal) => this.pause(taskId, call, limit, signal),
      onEnd: () => this.open.delete(stream),
    });
    this.open.add(stream);
    const { status, headers } = response;
    return new Response(stream.body.pipeThrough(new TextEncoderStream()), { status, headers });
  }

  /** Ends all streams, with a word that says so. */
  close(): void {
    for (const stream of [...this.open]) stream.end();
  }

  private isOwn(taskId: string, call: StatelessCall): boolean {
    const { services } = this.deps;
    if (this.made(taskId, call)) return true;
    const named = this.ofServer(taskId, call);
    if (!named) return false;
    // Null until the server has run: that it was given says enough.
    const capabilities = services.servers.capabilitiesOf(named.server);
    if (capabilities !== null && !knowsTasks(capabilities)) return false;
    return new OwnTasks(services, named.server, call.client.client_id, null).has(named.name);
  }

  /** A task that Holdfast made for this client; null for any other. */
  private made(taskId: string, { client }: StatelessCall): LongCall | null {
    return this.deps.services.longCalls.find(taskId, client.client_id);
  }

  /** Which task of which server this would be. */
  private ofServer(taskId: string, { client, server }: StatelessCall): Named | null {
    if (!isOfMany(server)) return { server: server ?? '', name: taskId };
    return serverName(new ClientTasks(this.deps.services, client.client_id, '').present(taskId));
  }

  private async look(
    taskId: string,
    call: StatelessCall,
    isFirst: boolean,
    signal: AbortSignal,
  ): Promise<Params | null> {
    const { look, services } = this.deps;
    const late = new AbortController();
    const cancel = services.timers.after(LOOK_LIMIT, () => late.abort());
    try {
      if (!isFirst && !this.isThere(taskId, call)) return null;
      return await look(call, taskId, AbortSignal.any([signal, late.signal]));
    } catch (error) {
      services.log.debug({ err: error }, 'a task could not be looked at');
      return null;
    } finally {
      cancel();
    }
  }

  /** Whether a look starts nothing. Only the first is the client's own request: one for nobody would undo a stop. */
  private isThere(taskId: string, call: StatelessCall): boolean {
    if (this.made(taskId, call)) return true;
    const { servers } = this.deps.services;
    const { server } = this.ofServer(taskId, call) ?? {};
    if (server === undefined) return false;
    const { sessionId } = call;
    return sessionId === null ? servers.runsForAll(server) : isUpFor(servers, server, sessionId);
  }

  /** Resolves after this time, or when a task that Holdfast made is over. */
  private pause(taskId: string, call: StatelessCall, limit: Ms, signal: AbortSignal): Promise<void> {
    const { longCalls, timers } = this.deps.services;
    const callId = this.runningCallOf(taskId, call);
    const waiting = callId === null ? null : longCalls.wait(callId, limit);
    return new Promise((resolve) => {
      const end = () => {
        signal.removeEventListener('abort', end);
        waiting?.stop();
        cancel();
        resolve();
      };
      const cancel = timers.after(limit, end);
      signal.addEventListener('abort', end);
      // An answer that cannot be written yet is waited for no longer, and the task still runs for its client.
      void waiting?.over.then(() => {
        const now = callId === null ? null : longCalls.ofCall(callId);
        if (now && now.state !== 'running') end();
      });
    });
  }

  private runningCallOf(taskId: string, call: StatelessCall): number | null {
    try {
      const made = this.made(taskId, call);
      return made?.state === 'running' ? made.call_id : null;
    } catch (error) {
      this.deps.services.log.debug({ err: error }, 'a task could not be looked for');
      return null;
    }
  }
}

interface TaskStreamOptions {
  readonly id: RequestId;
  readonly taskIds: readonly string[];
  /** What the SDK answers. */
  readonly answer: ReadableStream<Uint8Array>;
  readonly timers: Services['timers'];
  /** The task as it is now; null if that cannot be said. Does not reject. */
  readonly look: (taskId: string, isFirst: boolean, signal: AbortSignal) => Promise<Params | null>;
  /** Resolves at the latest after `limit`, never at once while the task runs. Does not reject. */
  readonly pause: (taskId: string, limit: Ms, signal: AbortSignal) => Promise<void>;
  readonly onEnd: () => void;
}

/** One stream. Where nothing but tasks is wanted, the SDK ends it at once, and it goes on without the SDK. */
class TaskStream {
  readonly body: ReadableStream<string>;
  private readonly options: TaskStreamOptions;
  private readonly over = new AbortController();
  private readonly reader: ReadableStreamDefaultReader<string>;
  private controller: ReadableStreamDefaultController<string> | null = null;
  private isBegun = false;
  private isOfTasksOnly = false;

  constructor(options: TaskStreamOptions) {
    this.options = options;
    const decoder = new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>;
    this.reader = options.answer.pipeThrough(decoder).getReader();
    this.body = new ReadableStream<string>({
      start: (controller) => {
        this.controller = controller;
        void this.read();
      },
      cancel: () => this.left(),
    });
  }

  end(): void {
    const { id } = this.options;
    if (this.over.signal.aborted) return;
    this.say({ id, result: { resultType: 'complete', _meta: { [SUBSCRIPTION]: id } } });
    this.stop();
    this.controller?.close();
  }

  private left(): Promise<void> {
    this.stop();
    return this.reader.cancel();
  }

  private stop(): void {
    this.over.abort();
    this.options.onEnd();
  }

  private async read(): Promise<void> {
    let text = '';
    try {
      for (;;) {
        const { done, value } = await this.reader.read();
        if (done) break;
        text += value;
        for (let end = text.indexOf(END); end >= 0; end = text.indexOf(END)) {
          this.take(text.slice(0, end + END.length));
          text = text.slice(end + END.length);
        }
      }
    } catch {
      // Broken off, as by a client that left.
    }
    if (this.over.signal.aborted || (this.isBegun && this.isOfTasksOnly)) return;
    this.stop();
    this.controller?.close();
  }

  private take(event: string): void {
    if (this.over.signal.aborted) return;
    if (!this.isBegun) this.begin(event);
    // That nothing else is to come, which is not so here.
    else if (!this.isOfTasksOnly || !isObject(messageIn(event).result)) this.controller?.enqueue(event);
  }

  /** The first event says what is subscribed to. */
  private begin(event: string): void {
    const { method, params } = messageIn(event);
    if (method !== ACKNOWLEDGED || !isObject(params) || !isObject(params.notifications)) {
      this.controller?.enqueue(event);
      return;
    }
    const { taskIds, timers } = this.options;
    this.isBegun = true;
    this.isOfTasksOnly = Object.keys(params.notifications).length === 0;
    this.say({ method, params: { ...params, notifications: { ...params.notifications, taskIds } } });
    if (this.isOfTasksOnly) {
      const stop = timers.every(KEEP_ALIVE, () => this.controller?.enqueue(`: keepalive${END}`));
      this.over.signal.addEventListener('abort', stop, { once: true });
    }
    for (const taskId of taskIds) void this.watch(taskId);
  }

  private async watch(taskId: string): Promise<void> {
    const { look, pause, id } = this.options;
    const { signal } = this.over;
    let known = BEGUN;
    let isFirst = true;
    for (let failures = 0; !signal.aborted; ) {
      // A client that does not read hears of the newest state once it does.
      const isReading = (this.controller?.desiredSize ?? 0) > -MOST_TASKS;
      const task = isReading ? await look(taskId, isFirst, signal) : null;
      if (signal.aborted) return;
      if (isReading) {
        isFirst = false;
        failures = task ? 0 : failures + 1;
      }
      if (task && signOf(task) !== known) {
        known = signOf(task);
        this.say({ method: 'notifications/tasks', params: { ...task, _meta: { [SUBSCRIPTION]: id } } });
      }
      if (task && isOver(task)) return;
      const asked = Number(task?.pollIntervalMs) || LOOK_EVERY;
      const often = Math.max(LOOK_EVERY, asked) * 2 ** failures;
      await pause(taskId, Math.min(LEAST_OFTEN, often), signal);
    }
  }

  private say(message: Params): void {
    this.controller?.enqueue(`event: message\ndata: ${JSON.stringify({ jsonrpc: '2.0', ...message })}${END}`);
  }
}

function taskIdsIn({ notifications }: Params): string[] {
  const wanted = isObject(notifications) ? notifications.taskIds : undefined;
  const texts = Array.isArray(wanted) ? wanted.filter((one): one is string => typeof one === 'string') : [];
  return [...new Set(texts)];
}

/** The message of an event of the SDK, which writes it into one line; empty if there is none. */
function messageIn(event: string): Params {
  const data = /^data: (.*)$/m.exec(event)?.[1];
  const message: unknown = data === undefined ? null : JSON.parse(data);
  return isObject(message) ? message : {};
}

/** Differs when there is something to tell of a task. */
function signOf({ status, statusMessage, inputRequests }: Params): string {
  return JSON.stringify([status, statusMessage ?? null, isObject(inputRequests) ? Object.keys(inputRequests) : []]);
}

const isOver = ({ status }: Params): boolean => ['completed', 'failed', 'cancelled'].includes(String(status));
