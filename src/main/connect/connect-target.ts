/** What a client is told so that it finds Holdfast. */
export interface ConnectTarget {
  /** Address of the MCP endpoint, e.g. `http://127.0.0.1:8181/mcp`. */
  readonly url: string;
  /** The client's own key. A secret. */
  readonly key: string;
  /** How Holdfast's own command is started, for clients that speak only stdio. */
  readonly cli: {
    readonly command: string;
    readonly args: readonly string[];
    readonly env: Readonly<Record<string, string>>;
  };
}

/** The name under which clients list Holdfast. */
export const LISTED_AS = 'holdfast';

/** Stands for the key in a preview, when none has been made yet. */
export const NO_KEY_YET = 'hf_(a new key)';
