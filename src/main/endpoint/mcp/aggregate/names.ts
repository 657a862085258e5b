import { clientToolName, NAME_SEPARATOR } from '../../../../shared/model/client-names';

/** Separates a server's name from its resource's URI, as part of the URI scheme (RFC 3986 section 3.1). */
const URI_SEPARATOR = '+';

/** Scheme of the resources that MCP Apps show (SEP-1865). */
const APP_SCHEME = 'ui://';

/** A server, and the server's own name or URI for one of its things. */
export interface Named {
  readonly server: string;
  readonly name: string;
}

/** The client's name for a server's tool, prompt or task: `server__name`. */
export const clientName = clientToolName;

/** Parses a {@link clientName}; null when it has no server, like the names of Holdfast's own tools. */
export const serverName = (name: string): Named | null => split(name, NAME_SEPARATOR);

/**
 * The client's URI for a server's resource or resource template: `server+uri`. It is a valid URI, as some clients parse
 * it, but its scheme is not one that they would open themselves. A URI of MCP Apps becomes `ui://server+rest`: clients
 * recognize an app by its scheme (SEP-1865: "URI MUST start with ui:// scheme").
 */
export const clientUri = (server: string, uri: string): string =>
  isAppUri(uri)
    ? `${APP_SCHEME}${server}${URI_SEPARATOR}${uri.slice(APP_SCHEME.length)}`
    : `${server}${URI_SEPARATOR}${uri}`;

/** Parses a {@link clientUri}; null when it has no server. */
export function serverUri(uri: string): Named | null {
  if (!isAppUri(uri)) return split(uri, URI_SEPARATOR);
  const named = split(uri.slice(APP_SCHEME.length), URI_SEPARATOR);
  return named && { ...named, name: `${APP_SCHEME}${named.name}` };
}

/** Whether the URI belongs to an app (MCP Apps, SEP-1865). */
export const isAppUri = (uri: string): boolean => uri.startsWith(APP_SCHEME);

function split(text: string, separator: string): Named | null {
  const at = text.indexOf(separator);
  return at < 1 ? null : { server: text.slice(0, at), name: text.slice(at + separator.length) };
}

/** A title that shows people which server a thing belongs to; the names above are for programs. */
export const clientTitle = (server: string, title: string): string => `${server}: ${title}`;
