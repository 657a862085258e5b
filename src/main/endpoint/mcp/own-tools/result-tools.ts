import { MINUTE, type Ms, SECOND } from '../../../../shared/model/units';
import { NO_RESULT, tooLong } from '../../../long-calls/call-words';
import { LONGEST_ANSWER, type LongCall } from '../../../long-calls/long-call-ports';
import { answerWithin } from '../../../long-calls/patience';
import { ProgressTeller, TELL_EVERY } from '../../../long-calls/progress-teller';
import {
  asMessage,
  isNotification,
  isObject,
  isRequest,
  isResponse,
  type JsonRpcMessage,
  type JsonRpcRequest,
  type JsonRpcResponse,
  type RequestId,
} from '../../../mcp/json-rpc';
import { valuesIn, withMember } from '../../../mcp/message-text';
import { OWN_TOOLS } from '../../../mcp/own-tools';
import type { Caller, ServerChannel } from '../../../mcp/server-channel';
import type { Services } from '../../../services';
import { ForwardingChannel } from '../forwarding-channel';
import { handleResult, noResult } from '../long-calls/handle-result';
import { lostCall } from '../long-calls/lost-call';

/** No request waits longer, whatever its client allows. */
const MOST_WAIT: Ms = 10 * MINUTE;
/** Before an answer that says to try again. */
const PAUSE: Ms = SECOND;

/**
 * A channel to Holdfast's own tools that serves `get_result` itself. The SDK would read and write the result anew; so it
 * goes out as it came from its server, to the letter.
 */
export class ResultTools extends ForwardingChannel {
  private readonly services: Pick<Services, 'longCalls' | 'timers' | 'log'>;
  /** What ends the waiting of requests, by their ids. */
  private readonly waiting = new Map<RequestId, () => void>();

  constructor(inner: ServerChannel, services: Pick<Services, 'longCalls' | 'timers' | 'log'>) {
    super(inner);
    this.services = services;
  }

  override send(message: JsonRpcMessage, caller: Caller): void {
    if (isRequest(message) && message.method === 'tools/call' && message.params?.name === OWN_TOOLS.result) {
      this.answer(message, caller).catch((error) => {
        this.services.log.warn({ err: error }, 'a result could not be looked for');
        const failed = noResult(message.id, 'Holdfast could not look for the result right now. Try again.');
        // Not at once: a model tries again as fast as it is answered.
        this.services.timers.after(PAUSE, () => this.onmessage(failed, null));
      });
    } else if (isNotification(message) && message.method === 'notifications/cancelled') {
      const stop = this.waiting.get(message.params?.requestId as RequestId);
      if (stop) stop();
      else this.inner.send(message, caller);
    } else this.inner.send(message, caller);
  }

  override async close(): Promise<void> {
    for (const stop of this.waiting.values()) stop();
    await super.close();
  }

  private async answer(request: JsonRpcRequest, caller: Caller): Promise<void> {
    const { id } = request;
    const given = isObject(request.params?.arguments) ? request.params.arguments : {};
    const { handle, wait_seconds: wait } = given;
    const found = typeof handle === 'string' ? this.services.longCalls.find(handle, caller.client.client_id) : null;
    if (!found) this.onmessage(noResult(id, NO_RESULT.unknown), null);
    else if (wait !== undefined && (typeof wait !== 'number' || !(wait >= 0))) {
      this.onmessage(noResult(id, 'Give wait_seconds as a number, 0 or more, or leave it out.'), null);
    } else {
      if (found.state === 'running') await this.wait(request, found, caller, wait);
      this.onmessage(this.resultOf(id, found.call_id), null);
    }
  }

  private async wait(request: JsonRpcRequest, call: LongCall, caller: Caller, seconds: unknown): Promise<void> {
    const { longCalls, timers } = this.services;
    const meta = request.params?._meta;
    const progressToken = isObject(meta) ? meta.progressToken : undefined;
    const { limit, isRenewed } = longCalls.patienceOf(caller.client);
    const most = isRenewed && progressToken !== undefined ? MOST_WAIT : Math.min(MOST_WAIT, answerWithin(limit));
    const asked = typeof seconds === 'number' ? seconds * SECOND : most;
    // The client waits since its request came, which may have been before its session was found or its servers were up.
    const left = Math.max(0, most - longCalls.inFlight.waited(Number(request.id)));
    const waiting = longCalls.wait(call.call_id, Math.min(asked, left));
    const teller = new ProgressTeller();
    const tell = () => {
      const params = { progressToken, ...teller.ofOurOwn(longCalls.runningFor(call)) };
      const last = longCalls.progressOf(call.call_id)?.message;
      const message = last === undefined ? params.message : `${params.message} Last heard: ${last}`;
      this.onmessage({ jsonrpc: '2.0', method: 'notifications/progress', params: { ...params, message } }, request.id);
    };
    const stopTelling = progressToken === undefined ? () => {} : timers.every(TELL_EVERY, tell);
    this.waiting.set(request.id, waiting.stop);
    try {
      await waiting.over;
    } finally {
      stopTelling();
      this.waiting.delete(request.id);
    }
  }

  private resultOf(id: RequestId, callId: number): JsonRpcResponse {
    const { longCalls } = this.services;
    const text = longCalls.fetch(callId);
    const answer = text === null ? null : asMessage(valuesIn(text)[0]);
    if (answer && isResponse(answer)) return withMember(answer, 'id', id);
    const call = longCalls.ofCall(callId);
    const lost = call && lostCall(longCalls, call);
    if (lost) return withMember(lost.answer, 'id', id);
    if (call?.state === 'running') {
      const asks = longCalls.questionsOf(callId);
      return handleResult(id, call, longCalls.runningFor(call), longCalls.progressOf(callId), false, asks);
    }
    if (call?.state === 'gone' && call.bytes > LONGEST_ANSWER) return noResult(id, tooLong(call.bytes));
    return noResult(id, call?.state === 'cancelled' ? NO_RESULT.cancelled : NO_RESULT.gone);
  }
}
