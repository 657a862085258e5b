import type { Home, ServerEnd } from '../../../mcp/server-end';

/** A server that sessions may use now. */
export interface OfferedServer {
  readonly name: string;
  /** Differs whenever its process or connection would be another one. */
  readonly fingerprint: string;
}

/** The configured servers, as the endpoint needs them. */
export interface ServerSource {
  /** Those that are enabled, confirmed and whole, in the order of the configuration. */
  offered(): readonly OfferedServer[];
  /** Whether there is a server of that name, offered or not. */
  has(name: string): boolean;
  /**
   * Makes the end of one server for a session.
   * @throws HoldfastError `server_not_found`, `server_untrusted` or `server_unavailable`, with a sentence
   */
  connect(name: string, home: Home): Promise<ServerEnd>;
  /** Told after each change of what is offered. The returned function ends that. */
  onChange(listener: () => void): () => void;
}
