/**
 * How the window in an ordinary browser reaches the endpoint that served it. Every request except the sign-in carries
 * `Authorization: Bearer <token>`.
 */
export const WEB = {
  /** The page itself. `holdfast open` and `holdfast headless` print `${page}#ticket=<one-time ticket>`. */
  page: '/ui/',
  /** `POST {ticket}` returns `{token}`; a ticket works once, within ten minutes. */
  signIn: '/api/ui/sign-in',
  /** `POST` drops the token. */
  signOut: '/api/ui/sign-out',
  /** `POST ${rpc}/<method>`, with the method's input as the body, returns an `Envelope`. */
  rpc: '/api/ui/rpc',
  /** `GET` returns a `StreamMessage` snapshot; the page polls it while it has no WebSocket. */
  snapshot: '/api/ui/snapshot',
  /**
   * The monitor WebSocket; the token is the second subprotocol, `holdfast.<token>`. With `?health=changes` a
   * `health_update` lists only the sessions that changed since the last one.
   */
  monitor: '/api/mcp/ws/sessions',
} as const;

/** Subprotocol that the monitor WebSocket selects. */
export const MONITOR_PROTOCOL = 'holdfast';
