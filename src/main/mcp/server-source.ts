import type { ServerChannel } from './server-channel';

interface InstanceOf {
  /** The session that it serves alone; null for one that serves all. */
  readonly session_id: string | null;
  readonly state: string;
}

/** Whether a server runs for this session, and may say something to it without being asked. */
export const runsFor = (source: ServerSource, server: string, sessionId: string): boolean =>
  source.stateOf(server)?.instances.some(({ session_id, state }) => session_id === sessionId && state === 'running') ??
  false;

/** The configured servers, as the endpoint needs them. */
export interface ServerSource {
  /** Names of those that sessions can use, in the order of the configuration. */
  offered(): readonly string[];
  /** Null for a name that no usable entry has, be it enabled or not. */
  stateOf(name: string): { readonly instances: readonly InstanceOf[] } | null;
  /**
   * The channel to one server for a session. Nothing is started before something is sent.
   * @throws HoldfastError `server_not_found` for one that is unknown or disabled, `server_untrusted`
   */
  connect(name: string, sessionKey: string): Promise<ServerChannel>;
  /** Told when {@link offered} or what one of them is has changed. The returned function ends that. */
  onChange(listener: () => void): () => void;
}
