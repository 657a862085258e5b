import type { Client } from '../../../../shared/contract/client';
import { isOfMany } from '../../../../shared/model/mcp-address';
import { MINUTE, type Ms, SECOND } from '../../../../shared/model/units';
import { EVENT_STREAM } from '../../../http-client/answer-body';
import { knowsTasks } from '../../../mcp/extensions';
import { isObject, type Params, type RequestId } from '../../../mcp/json-rpc';
import type { Services } from '../../../services';
import { serverName } from '../aggregate/names';
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
const LEAST_OFTEN: Ms = MINUTE;
/** Looks in a row that find nothing, with ever longer pauses. */
const MOST_FAILURES = 8;
const KEEP_ALIVE: Ms = 15 * SECOND;
const END = '\n\n';
/** A task that has just begun, which is what its client knows of it. */
const BEGUN = signOf({ status: 'working' });

export interface TaskSubscriptionsDeps {
  readonly services: Pick<Services, 'timers' | 'longCalls' | 'store' | 'servers' | 'manager' | 'clock' | 'log'>;
  /** A task as `tasks/get` would answer now; null if that is an error. Does not reject. */
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
    const taskIds = wanted.filter((taskId) => this.isOwn(taskId, call.client, call.server)).slice(0, MOST_TASKS);
    if (taskIds.length === 0 || this.open.size >= MOST_STREAMS) return response;
    const stream = new TaskStream({
      id,
      taskIds,
      answer: response.body,
      timers: this.deps.services.timers,
      look: (taskId, signal) => this.deps.look(call, taskId, signal),
      pause: (taskId, limit, signal) => this.pause(taskId, call.client, limit, signal),
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

  private isOwn(taskId: string, { client_id }: Client, address: string | null): boolean {
    const { services } = this.deps;
    if (services.longCalls.find(taskId, client_id)) return true;
    const present = isOfMany(address) ? new ClientTasks(services, client_id, '').present(taskId) : taskId;
    const named = isOfMany(address) ? serverName(present) : { server: address ?? '', name: taskId };
    if (!named || !knowsTasks(services.servers.capabilitiesOf(named.server))) return false;
    return new OwnTasks(services, named.server, client_id, null).has(named.name);
  }

  /** Resolves after this time, or when a task that Holdfast made is over. */
  private pause(taskId: string, { client_id }: Client, limit: Ms, signal: AbortSignal): Promise<void> {
    const { longCalls, timers } = this.deps.services;
    const made = longCalls.find(taskId, client_id);
    const waiting = made?.state === 'running' ? longCalls.wait(made.call_id, limit) : null;
    return new Promise((resolve) => {
      const end = () => {
        signal.removeEventListener('abort', end);
        if (waiting) waiting.stop();
        else cancel();
        resolve();
      };
      const cancel = waiting ? () => {} : timers.after(limit, end);
      void waiting?.over.then(end);
      signal.addEventListener('abort', end);
    });
  }
}

interface TaskStreamOptions {
  readonly id: RequestId;
  readonly taskIds: readonly string[];
  /** What the SDK answers. */
  readonly answer: ReadableStream<Uint8Array>;
  readonly timers: Services['timers'];
  readonly look: (taskId: string, signal: AbortSignal) => Promise<Params | null>;
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
    for (let failures = 0; !signal.aborted && failures < MOST_FAILURES; ) {
      // A client that does not read hears of the newest state once it does.
      const isReading = (this.controller?.desiredSize ?? 0) > -MOST_TASKS;
      const task = isReading ? await look(taskId, signal) : null;
      if (signal.aborted) return;
      if (isReading) failures = task ? 0 : failures + 1;
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
