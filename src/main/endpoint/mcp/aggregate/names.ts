/** Stands between a server and the name of its tool or prompt. Names of servers never hold it, so nothing collides. */
const NAME_SEPARATOR = '__';
/** Stands between a server and the URI of its resource, as part of the URI's scheme (RFC 3986 section 3.1). */
const URI_SEPARATOR = '+';

/** Something of a server: which one, and how the server itself calls it. */
export interface Named {
  readonly server: string;
  readonly name: string;
}

/** The name of a server's tool or prompt among those of all servers: `server__name`. */
export const clientName = (server: string, name: string): string => `${server}${NAME_SEPARATOR}${name}`;

/** Takes a {@link clientName} apart; null when it is none, as the names of Holdfast's own tools are. */
export const serverName = (name: string): Named | null => split(name, NAME_SEPARATOR);

/**
 * The URI of a server's resource, or of a template for such, among those of all servers: `server+uri`. It is a URI again,
 * so that clients which parse it are content, and not of a scheme that they would open by themselves.
 */
export const clientUri = (server: string, uri: string): string => `${server}${URI_SEPARATOR}${uri}`;

/** Takes a {@link clientUri} apart; null when it is none. */
export const serverUri = (uri: string): Named | null => split(uri, URI_SEPARATOR);

function split(text: string, separator: string): Named | null {
  const at = text.indexOf(separator);
  return at < 1 ? null : { server: text.slice(0, at), name: text.slice(at + separator.length) };
}

/** How a person is shown whose it is; the names themselves are for programs. */
export const clientTitle = (server: string, title: string): string => `${server}: ${title}`;
