/** How a server's login can be granted (RFC 6749 sections 4.1 and 4.4): to a person, or to Holdfast itself. */
export const OAUTH_GRANTS = ['authorization_code', 'client_credentials'] as const;

/** Scopes that an entry may ask for. */
export const MOST_SCOPES = 100;

/** A scope has no blank, no quote and no backslash (RFC 6749 section 3.3). */
export const SCOPE = /^[\x21\x23-\x5b\x5d-\x7e]+$/;

/** Path of the address that an authorization server sends the browser back to. */
export const OAUTH_CALLBACK_PATH = '/oauth/callback';

/** What has to be registered with an authorization server, unless Holdfast's port was changed. */
export const USUAL_REDIRECT = `http://127.0.0.1:8181${OAUTH_CALLBACK_PATH}`;

/** The words of a text; a reference like `${NAME:-a b}` is one. */
export const scopesIn = (text: string): string[] => text.match(/(?:\$\{[^{}]*\}|\S)+/g) ?? [];
