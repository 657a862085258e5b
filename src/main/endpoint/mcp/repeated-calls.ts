import type { Activity } from '../../../shared/contract/activity';
import type { AgainPreview, AgainRefusal, AgainState, Contents } from '../../../shared/contract/activity-contents';
import type { Client } from '../../../shared/contract/client';
import type { Session } from '../../../shared/contract/session';
import { HoldfastError } from '../../../shared/errors';
import { said } from '../../../shared/messages/said';
import { hasEnded } from '../../../shared/model/session';
import { MINUTE, type Ms } from '../../../shared/model/units';
import { keepNumbers, stringifyExact } from '../../mcp/exact-json';
import { isObject, isRequest, type JsonRpcMessage, type JsonRpcRequest, RPC } from '../../mcp/json-rpc';
import { sizeOf, valuesIn } from '../../mcp/message-text';
import { randomText } from '../../platform/random-text';
import type { TransportRecord } from '../../sessions/session-ports';
import type { CallsByHand } from '../../window-api/again-handlers';
import { endingOf } from './ending';
import type { FrontContext } from './front-context';
import type { Relay } from './relay/relay';

/** A call by hand is given up after this long. */
const LIMIT: Ms = 5 * MINUTE;
/** Calls that are remembered, running or over; the oldest are given up. */
const MOST = 20;
const NOBODY = 'This call was made by hand from the window of Holdfast: no client is there to answer.';

interface Repeatable {
  readonly row: Activity;
  readonly params: string;
  readonly transport: TransportRecord;
  readonly client: Client;
}

interface Repeated {
  state: AgainState;
  cancel(): void;
}

/**
 * Makes calls of tools again, by hand: with the arguments as they were recorded, through the relay of the session, so that the
 * same instance of the server gets them. The client learns nothing of it; nothing is kept for it. What the server asks
 * meanwhile is refused.
 */
export class RepeatedCalls implements CallsByHand {
  private readonly context: FrontContext;
  private readonly calls = new Map<string, Repeated>();

  constructor(context: FrontContext) {
    this.context = context;
  }

  preview(activityId: number): AgainPreview {
    const found = this.find(activityId);
    if (typeof found === 'string') return { refusal: found, read_only: false };
    return { refusal: null, read_only: this.isReadOnly(found.row) };
  }

  start(activityId: number, confirmed: boolean): string {
    const found = this.find(activityId);
    if (typeof found === 'string') {
      throw new HoldfastError('invalid_input', said('said.again.not_again'));
    }
    if (!confirmed && !this.isReadOnly(found.row)) {
      throw new HoldfastError('invalid_input', said('said.again.confirm'));
    }
    const callId = randomText(this.context.services.random, 9);
    this.calls.set(callId, this.send(found, `by-hand-${callId}`));
    for (const [id, call] of this.calls) {
      if (this.calls.size <= MOST) break;
      call.cancel();
      this.calls.delete(id);
    }
    return callId;
  }

  state(callId: string): AgainState {
    const call = this.calls.get(callId);
    if (!call) throw new HoldfastError('activity_not_found');
    return call.state;
  }

  cancel(callId: string): void {
    this.calls.get(callId)?.cancel();
  }

  private send({ row, params, transport, client }: Repeatable, id: string): Repeated {
    const { services, relays } = this.context;
    const { activity, timers, longCalls } = services;
    const text = `{"jsonrpc":"2.0","id":${JSON.stringify(id)},"method":"tools/call","params":${params}}`;
    const [message] = valuesIn(text) as [JsonRpcRequest];
    const caller = { client, transport_id: transport.transport_id };
    const relay = relays.of(transport);
    const one: Repeated = {
      state: { is_running: true, outcome: null, result: null, error: null },
      cancel: () => {
        if (!one.state.is_running) return;
        relay.notify({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: id } }, caller);
      },
    };
    const { session_id, method, name, server } = row;
    let listedAs = 0;
    const begun = activity.begin({
      session_id,
      transport_id: null,
      client_id: null,
      direction: 'to_server',
      method,
      name,
      bytes_in: sizeOf(message),
      message,
    });
    const endLimit = timers.after(LIMIT, () => one.cancel());
    relay.request(message, caller, transport.initialize_params, {
      sentAs: (callId) => {
        begun.sentAs(callId);
        listedAs = Number(callId);
        const { cancel } = one;
        longCalls.inFlight.begin(listedAs, { client_id: null, session_id, server, method, name, cancel });
      },
      reply: (response, cancelled) => {
        endLimit();
        longCalls.inFlight.end(listedAs);
        const ending = endingOf(response);
        const outcome = cancelled ? 'cancelled' : ending.outcome === 'lost' ? 'error' : ending.outcome;
        one.state = { is_running: false, outcome, ...activity.shown(response) };
        begun.end(cancelled ? { outcome: 'cancelled' } : { ...ending, bytes_out: sizeOf(response) });
      },
      related: (asked) => {
        begun.answering();
        refuse(relay, asked, caller);
      },
    });
    return one;
  }

  private find(activityId: number): Repeatable | AgainRefusal {
    const { store, activity } = this.context.services;
    activity.flush();
    const found = store.activity.withContents(activityId);
    if (!found) throw new HoldfastError('activity_not_found');
    const { activity: row, contents } = found;
    if (row.method !== 'tools/call' || row.direction !== 'to_server' || row.kind !== 'request') return 'no_tool';
    if (row.server === null) return 'own_tool';
    const params = wholeParams(contents);
    if (typeof params !== 'object') return params;
    return this.placeOf(row, params.json);
  }

  private placeOf(row: Activity, params: string): Repeatable | AgainRefusal {
    const { store } = this.context.services;
    const session = row.session_id === null ? null : this.liveSession(row.session_id);
    if (session === null) return 'session_ended';
    const known = row.transport_id === null ? null : store.transports.get(row.transport_id);
    if (!known) return 'session_ended';
    if (known.era !== 'sessionful') return 'stateless';
    const client = store.clients.get(known.client_id);
    if (!client) return 'client_gone';
    // The relay would have what the old client may see, for whoever has the session now.
    if (known.client_id !== session.client_id) return 'went_on';
    // Its transport may have been superseded; the session's relay is the same for all of them.
    return {
      row,
      params,
      client,
      transport: { ...known, session_id: session.session_id as TransportRecord['session_id'] },
    };
  }

  /** Null when it has ended, or is not kept any more. */
  private liveSession(sessionId: string): Session | null {
    const { manager } = this.context.services;
    if (!manager.sessionExists(sessionId)) return null;
    const session = manager.get(sessionId, { kind: 'admin' });
    return hasEnded(session.status) ? null : session;
  }

  /** Whether the server marks the tool so (MCP 2025-11-25, tool annotations): a hint, which only spares a question. */
  private isReadOnly({ server, name }: Activity): boolean {
    const lists = server === null ? null : this.context.services.store.serverLists.of(server);
    if (!lists || name === null) return false;
    const own = name.startsWith(`${server}__`) ? name.slice(`${server}__`.length) : name;
    return toolsIn(lists.pages).some(
      (tool) => tool.name === own && isObject(tool.annotations) && tool.annotations.readOnlyHint === true,
    );
  }
}

/** The name and the arguments as they were sent, which is what was shown; otherwise why they cannot be sent. */
function wholeParams(contents: Contents | null): { json: string } | AgainRefusal {
  const params = contents?.params;
  if (!params) return 'not_recorded';
  if (params.cut || params.json === null) return 'cut';
  if (params.masked > 0) return 'masked';
  const [value] = valuesIn(`{"params":${params.json}}`) as [{ params?: Record<string, unknown> }];
  return { json: nameAndArguments(value?.params ?? {}) };
}

/** Not `_meta`, `task` and the like, which belong to the first request alone (MCP 2025-11-25, tools, calling tools). */
function nameAndArguments(params: Record<string, unknown>): string {
  const { name, arguments: given } = params;
  return stringifyExact(keepNumbers(params, given === undefined ? { name } : { name, arguments: given }));
}

/** The tools in what is kept of a server's lists: the texts of its pages, by request. */
function toolsIn(pages: string): Record<string, unknown>[] {
  return (JSON.parse(pages) as [string, string][]).flatMap(([, text]) => {
    const page: unknown = JSON.parse(text);
    return isObject(page) && Array.isArray(page.tools) ? page.tools.filter(isObject) : [];
  });
}

function refuse(relay: Relay, message: JsonRpcMessage, caller: { client: Client; transport_id: string }): void {
  if (!isRequest(message)) return;
  relay.respond({ jsonrpc: '2.0', id: message.id, error: { code: RPC.internalError, message: NOBODY } }, caller);
}
