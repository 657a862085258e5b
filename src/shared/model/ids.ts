declare const brand: unique symbol;
type Branded<Name extends string> = string & { readonly [brand]: Name };

/** `s_` and 128 random bits. Identifies a session for as long as Holdfast keeps it. */
export type SessionId = Branded<'SessionId'>;
/** `c_` and 64 random bits. Identifies an installed client, the principal. */
export type ClientId = Branded<'ClientId'>;
/** `t_` and 128 random bits. The `Mcp-Session-Id` of one transport. */
export type TransportId = Branded<'TransportId'>;

const pattern = (prefix: string, length: number) => new RegExp(`^${prefix}_[A-Za-z0-9_-]{${length}}$`);
const SESSION_ID = pattern('s', 22);
const CLIENT_ID = pattern('c', 11);
const TRANSPORT_ID = pattern('t', 22);

export const isSessionId = (text: string): text is SessionId => SESSION_ID.test(text);
export const isClientId = (text: string): text is ClientId => CLIENT_ID.test(text);
export const isTransportId = (text: string): text is TransportId => TRANSPORT_ID.test(text);

/** An id shortened for where space or discretion matters: the prefix and the first six characters. */
export const shortId = (id: string): string => (id.length > 9 ? `${id.slice(0, 8)}…` : id);
