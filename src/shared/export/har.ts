import type { Activity, ActivityOutcome } from '../contract/activity';
import type { ContentsList } from '../contract/activity-contents';

/** What was recorded of the contents of one message, as JSON texts. Missing where nothing was. */
export interface HarContents {
  readonly request?: string;
  readonly response?: string;
}

/** What the API says of contents, by message. */
export const harContents = ({ contents }: ContentsList): ReadonlyMap<number, HarContents> =>
  new Map(
    contents.map(({ activity_id, request, response }) => [
      activity_id,
      { ...(request !== null && { request }), ...(response !== null && { response }) },
    ]),
  );

/** HTTP has no word for these outcomes; these statuses make viewers show a failure as one. The true word is in `_mcp`. */
const STATUS: Readonly<Record<ActivityOutcome, readonly [status: number, text: string]>> = {
  ok: [200, 'OK'],
  sent: [202, 'sent'],
  cancelled: [499, 'cancelled'],
  tool_error: [500, 'tool error'],
  error: [500, 'error'],
  lost: [0, 'lost'],
};

/** Of an entry, in milliseconds. */
const LEAST_TIME = 0.001;
const JSON_TYPE = 'application/json';
const NOTHING = { cookies: [], headers: [], headersSize: -1 } as const;
/** Of what belongs to no session. */
const NO_PAGE = 'none';

/** Which page of the archive an entry belongs to: its session. */
export const pageOf = ({ session_id }: Activity): string => session_id ?? NO_PAGE;

/** One session as a page of an HTTP archive (HAR 1.2, `pages`). */
export const harPage = (id: string, startedAt: number): object => ({
  startedDateTime: new Date(startedAt).toISOString(),
  id,
  title: id === NO_PAGE ? 'Without a session' : `Session ${id}`,
  // Not applicable, as the specification writes it: viewers refuse null.
  pageTimings: { onContentLoad: -1, onLoad: -1 },
});

/**
 * One message as an entry of an HTTP archive (HAR 1.2, `entries`). What HTTP has no place for is in `_mcp`. The time it waited
 * for a login is `blocked`, the time until something came back is `wait`, and the rest is `receive`; together they are `time`.
 */
export function harEntry(row: Activity, contents: HarContents = {}): object {
  const { at, duration_ms, first_ms, bytes_in, bytes_out, error, outcome } = row;
  const [status, statusText] = STATUS[outcome];
  // Chromium takes a time of nothing for a request that never ended.
  const time = Math.max(LEAST_TIME, duration_ms ?? 0);
  const first = Math.min(time, first_ms ?? time);
  const blocked = Math.min(first, row.held_ms);
  const { request, response } = contents;
  return {
    pageref: pageOf(row),
    // Chromium's word for what a program asked; without it, the first entry of a page is a document and the rest are scripts.
    _resourceType: 'fetch',
    startedDateTime: new Date(at).toISOString(),
    time,
    request: {
      method: 'POST',
      url: addressOf(row),
      httpVersion: 'MCP',
      ...NOTHING,
      queryString: [],
      bodySize: bytes_in,
      ...(request !== undefined && { postData: { mimeType: JSON_TYPE, params: [], text: request } }),
    },
    response: {
      status,
      statusText,
      httpVersion: 'MCP',
      ...NOTHING,
      content: { size: bytes_out, mimeType: JSON_TYPE, ...(response !== undefined && { text: response }) },
      redirectURL: '',
      bodySize: bytes_out,
      ...(error !== null && { comment: error }),
    },
    cache: {},
    timings: { blocked, dns: -1, connect: -1, ssl: -1, send: 0, wait: first - blocked, receive: time - first },
    _mcp: detailsOf(row),
  };
}

const detailsOf = ({ at: _, bytes_in: _in, bytes_out: _out, duration_ms: _ms, first_ms: _first, ...rest }: Activity) =>
  rest;

/** `mcp://tickets/tools/call/search`: viewers list an entry by the end of its address. */
function addressOf({ server, method, name }: Activity): string {
  // A host of an address holds less than the name of a server may.
  const host = safePart(server ?? 'holdfast').replace(/[^\w.-]/g, '_') || '_';
  const path = [...method.split('/'), ...(name === null ? [] : [name])];
  return `mcp://${host}/${path.map(safePart).join('/')}`;
}

/** Half of a surrogate pair cannot be encoded, and a part of dots alone would be taken for a folder. */
const safePart = (part: string): string => encodeURIComponent(part.replace(/\p{Cs}/gu, '\uFFFD')).replace(/^\.+$/, '_');
