import { NO_RESULT } from '../../../long-calls/call-words';
import type { LongCall } from '../../../long-calls/long-call-ports';
import type { LongCalls } from '../../../long-calls/long-calls';
import type { JsonRpcResponse } from '../../../mcp/json-rpc';
import { textOf } from '../../../mcp/message-text';
import { noResult } from './handle-result';

interface LostCall {
  readonly call: LongCall;
  /** What its client gets, under the call's own id. */
  readonly answer: JsonRpcResponse;
}

/**
 * A call whose row says that it runs, though nobody works on it: ends it with an answer that says that its result is lost. Null
 * for any other call. While that cannot be written, the call is over all the same for whoever asks.
 */
export function lostCall(
  longCalls: Pick<LongCalls, 'isAwaited' | 'answered' | 'ofCall'>,
  call: LongCall,
): LostCall | null {
  const { call_id, state } = call;
  if (state !== 'running' || longCalls.isAwaited(call_id)) return null;
  const answer = noResult(call_id, NO_RESULT.lost);
  longCalls.answered(call_id, { text: textOf(answer), ok: false });
  return { call: { ...(longCalls.ofCall(call_id) ?? call), state: 'answered', ok: false }, answer };
}
