/** Holdfast's own tools. */
export const OWN_TOOLS = {
  reconnect: 'reconnect_session',
  info: 'session_info',
  health: 'health_check',
  list: 'list_sessions',
  end: 'end_session',
} as const;

/** What Holdfast says of itself to every client, on either leg. */
export const OWN_INSTRUCTIONS =
  'Holdfast keeps this session alive over restarts and lost connections. ' +
  `Call ${OWN_TOOLS.info} for a reconnect token; to come back from a new connection, call ${OWN_TOOLS.reconnect} with it.`;

/** Tools whose answers hold a reconnect token: they are never stored, so they go out as plain JSON, however long they take. */
const WITH_TOKEN: ReadonlySet<unknown> = new Set([OWN_TOOLS.reconnect, OWN_TOOLS.info]);

interface Call {
  readonly method: string;
  readonly params?: Readonly<Record<string, unknown>>;
}

/** Own tools are at the address of all servers; at that of one, what is called the same is that server's. */
export const isReconnect = ({ method, params }: Call, server: string | null): boolean =>
  server === null && method === 'tools/call' && params?.name === OWN_TOOLS.reconnect;

export const answersWithToken = ({ method, params }: Call, server: string | null): boolean =>
  server === null && method === 'tools/call' && WITH_TOKEN.has(params?.name);
