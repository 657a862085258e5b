import { type Ms, SECOND } from '../../../../shared/model/units';
import type { JsonRpcRequest, RequestId } from '../../../mcp/json-rpc';
import type { Services } from '../../../services';
import type { Relay, ReplyTo } from '../relay/relay';
import { ofNoTask } from './made-tasks';

/** Where the requests for a task go. */
export interface TaskPlace {
  readonly relay: Pick<Relay, 'cancel'>;
  /** Sends another request of the same client. */
  readonly ask: (request: JsonRpcRequest, replyTo: ReplyTo) => void;
}

/** How long a server may take to answer `tasks/cancel`. */
const CANCEL_LIMIT: Ms = 30 * SECOND;
const UNANSWERED = 'The server did not answer in time.';

/**
 * The answer of a call of which its server has made a task, in either form: `tasks/result` waits for it (MCP 2025-11-25, tasks,
 * retrieving task results), whatever it takes; a server with the extension looks here as if it had that method. Whoever cancels
 * the call cancels the task.
 */
export class FollowedTask {
  private readonly services: Pick<Services, 'timers'>;
  private readonly place: TaskPlace;
  private readonly clientId: RequestId;
  private readonly taskId: string;
  private sentId: RequestId | null = null;

  /** @param clientId - id of the client's request, by which it may cancel the call */
  constructor(services: Pick<Services, 'timers'>, place: TaskPlace, clientId: RequestId, taskId: string) {
    this.services = services;
    this.place = place;
    this.clientId = clientId;
    this.taskId = taskId;
  }

  /** What belongs to the task, and the answer as if there had been none, go to `replyTo`. */
  begin(replyTo: Omit<ReplyTo, 'sentAs'>): void {
    this.place.ask(this.request('tasks/result'), {
      ...replyTo,
      sentAs: (id) => {
        this.sentId = id;
      },
      reply: (response, cancelled) => {
        if (cancelled) this.cancel();
        replyTo.reply(ofNoTask(response), cancelled);
      },
    });
  }

  /** Gives the task up; it is answered with an error that has this reason. */
  giveUp(reason: string): void {
    if (this.sentId !== null) this.place.relay.cancel(this.sentId, reason);
  }

  /** Nobody waits for the answer, but the request is open until there is one. */
  private cancel(): void {
    const { relay, ask } = this.place;
    let sentId: RequestId | null = null;
    const stop = this.services.timers.after(CANCEL_LIMIT, () => {
      if (sentId !== null) relay.cancel(sentId, UNANSWERED);
    });
    ask(this.request('tasks/cancel'), {
      sentAs: (id) => {
        sentId = id;
      },
      reply: stop,
      related: () => {},
      isLeft: () => true,
    });
  }

  private request(method: string): JsonRpcRequest {
    return { jsonrpc: '2.0', id: this.clientId, method, params: { taskId: this.taskId } };
  }
}
