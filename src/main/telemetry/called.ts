import type { NewActivity } from '../activity/activity-ports';

/** A request that has its outcome. */
export interface Called {
  readonly row: NewActivity;
  /** The W3C `traceparent` that the request carried in `_meta` (MCP SEP-414); null if it carried none. */
  readonly traceparent: string | null;
  /** See {@link attributesOf}. */
  readonly attributes: Attributes;
}

export type Attributes = Readonly<Record<string, string | number | boolean>>;

/** Requests of the specification, in all its revisions. Names of others may be anything, and are not told apart. */
const METHODS = new Set([
  'initialize',
  'ping',
  'server/discover',
  'tools/list',
  'tools/call',
  'prompts/list',
  'prompts/get',
  'resources/list',
  'resources/templates/list',
  'resources/read',
  'resources/subscribe',
  'resources/unsubscribe',
  'completion/complete',
  'logging/setLevel',
  'subscriptions/listen',
  'sampling/createMessage',
  'elicitation/create',
  'roots/list',
  'tasks/get',
  'tasks/list',
  'tasks/result',
  'tasks/update',
  'tasks/cancel',
]);
/** What the specification allows in the name of a tool. */
const TOOL_NAME = /^[\w./:-]{1,128}$/;
/** Names told apart in one run: every one of them is a series of its own for whoever stores them. */
const MOST_NAMES = 2_000;
/** Codes of errors told apart in one run: a server may make up any. */
const MOST_CODES = 50;
const OTHER = 'other';

/** Bounds how many different names of tools and codes of errors are told. */
export class KnownNames {
  private readonly names = new Set<string>();
  private readonly codes = new Set<number>();

  /** The name, or `other` once there are too many, or if it is no name of a tool or prompt. */
  of(name: string): string {
    if (this.names.has(name)) return name;
    if (!TOOL_NAME.test(name) || this.names.size >= MOST_NAMES) return OTHER;
    this.names.add(name);
    return name;
  }

  /** The code of an error as a name, or `other` once there are too many. */
  ofCode(code: number): string {
    if (!this.codes.has(code) && this.codes.size >= MOST_CODES) return OTHER;
    this.codes.add(code);
    return String(code);
  }
}

/**
 * What is said of a request: by the OpenTelemetry conventions for MCP, and as `holdfast.*` where they have no word. Never an
 * argument, a result, the text of an error or the address of a resource.
 */
export function attributesOf(row: NewActivity, names: KnownNames): Attributes {
  const { method, name, server, outcome } = row;
  const type = errorTypeOf(row, names);
  return {
    'mcp.method.name': METHODS.has(method) ? method : OTHER,
    'network.transport': 'tcp',
    'network.protocol.name': 'http',
    'holdfast.outcome': outcome,
    ...(method === 'tools/call' && {
      'gen_ai.operation.name': 'execute_tool',
      ...(name !== null && { 'gen_ai.tool.name': names.of(name) }),
    }),
    ...(method === 'prompts/get' && name !== null && { 'gen_ai.prompt.name': names.of(name) }),
    ...(server !== null && { 'holdfast.server': server }),
    ...(type !== null && { 'error.type': type }),
  };
}

/** Attributes of a span alone: their values are too many for metrics. */
export const spanAttributesOf = (row: NewActivity): Attributes => ({
  ...(row.error_code !== null && { 'rpc.response.status_code': String(row.error_code) }),
  ...(row.session_id !== null && { 'mcp.session.id': row.session_id }),
  ...(row.client_id !== null && { 'holdfast.client': row.client_id }),
  ...(row.instance_id !== null && { 'holdfast.instance': row.instance_id }),
  ...(row.held_ms > 0 && { 'holdfast.held_ms': row.held_ms }),
  ...(row.repeated && { 'holdfast.repeated': true }),
  'holdfast.request.size': row.bytes_in,
  'holdfast.response.size': row.bytes_out,
});

/** `tools/call search`, as the conventions name a span. */
export function spanNameOf(attributes: Attributes): string {
  const target = attributes['gen_ai.tool.name'] ?? attributes['gen_ai.prompt.name'];
  return [attributes['mcp.method.name'], ...(target === undefined ? [] : [target])].join(' ');
}

function errorTypeOf({ outcome, error_code }: NewActivity, names: KnownNames): string | null {
  if (outcome === 'ok' || outcome === 'sent') return null;
  return outcome === 'error' && error_code !== null ? names.ofCode(error_code) : outcome;
}

const TRACEPARENT = /^([\da-f]{2})-([\da-f]{32})-([\da-f]{16})-([\da-f]{2})(?:-.*)?$/;

/** What a `traceparent` says (W3C Trace Context, section 3.2); null if it is none. */
export function parentOf(traceparent: string | null): { traceId: string; spanId: string; traceFlags: number } | null {
  const [, version, traceId = '', spanId = '', flags = ''] = TRACEPARENT.exec(traceparent ?? '') ?? [];
  const isValid = version !== undefined && version !== 'ff' && !/^0+$/.test(traceId) && !/^0+$/.test(spanId);
  return isValid ? { traceId, spanId, traceFlags: Number.parseInt(flags, 16) & 1 } : null;
}
