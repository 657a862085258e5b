import type { Extensions } from './extensions';
import type { Params } from './json-rpc';
import type { ServerChannel } from './server-channel';

/** Key under which a server is started to learn its lists, for all sessions and none. No session has it as its id. */
export const LEARNING_KEY = 'learning';

interface InstanceOf {
  /** The only session it serves; null when it serves all. */
  readonly session_id: string | null;
  readonly state: string;
}

/** Whether the server has a running instance for this session alone, which may send it messages unasked. */
export const runsFor = (source: ServerSource, server: string, sessionId: string): boolean =>
  source.stateOf(server)?.instances.some(({ session_id, state }) => session_id === sessionId && state === 'running') ??
  false;

/** Whether the server runs for this session, alone or for all, so that asking it something starts nothing. */
export const isUpFor = (source: ServerSource, server: string, sessionId: string): boolean =>
  source.runsForAll(server) || runsFor(source, server, source.serversKey(sessionId));

/** The configured servers, as the endpoint needs them. */
export interface ServerSource {
  /** Names of the servers that sessions can use, in configuration order. */
  offered(): readonly string[];
  /** The same and those that still have to be confirmed, so cannot run: what they listed earlier stays listed. */
  enabled(): readonly string[];
  /** Null when no valid entry has this name. Disabled entries count as valid. */
  stateOf(name: string): { readonly instances: readonly InstanceOf[] } | null;
  /**
   * The extensions that this server declared when it last answered `initialize`; null if it never did, as far as is known.
   */
  extensionsOf(name: string): Extensions | null;
  /** The capabilities that this server declared when it last answered `initialize`; null as above. */
  capabilitiesOf(name: string): Params | null;
  /** Whether one instance serves all sessions, and runs now. */
  runsForAll(name: string): boolean;
  /** Under which id the servers of a session run: its own, or that of the session whose servers it uses, too. */
  serversKey(sessionId: string): string;
  /** Whether a tool is neither listed nor called until somebody accepts that it has changed. */
  heldBack(name: string, tool: string): boolean;
  /** Calls the listener with tools that are held back now and were not, or the other way round. Returns what ends that. */
  onHeld(listener: (name: string, tools: readonly string[]) => void): () => void;
  /** The server said `times` times in a row that its lists have changed, and they have not; 0 when they have. */
  announcedInVain(name: string, times: number): void;
  /**
   * How often a person has stopped it, for all or for this session. Whatever asks it for nobody in particular gives up when that
   * changes: a stop lasts until somebody needs the server.
   */
  timesStopped(name: string, sessionKey: string): number;
  /** Identifies what is run under this name, so that a list of something else is recognized; null when there is none. */
  fingerprintOf(name: string): string | null;
  /**
   * Opens a channel to one server for a session. Nothing starts until something is sent.
   * @param takesNotes - whether Holdfast may add a note of its own to a result; without it messages are untouched
   * @throws HoldfastError `server_not_found` when it is unknown or disabled, `server_untrusted` until it is confirmed
   */
  connect(name: string, sessionKey: string, takesNotes?: boolean): Promise<ServerChannel>;
  /** Whether clients are held, rather than refused, when this process is gone unexpectedly. */
  isMinded(): boolean;
  /** Calls the listener when {@link offered} or one of its servers changes. Returns a function that unsubscribes. */
  onChange(listener: () => void): () => void;
}
