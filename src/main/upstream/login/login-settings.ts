/** What an entry of servers.json says about the login of its server. Secrets are filled in. */
export interface LoginSettings {
  /** False: the server has no login, whatever it answers. True: it needs one, without asking it first. Null: it says so. */
  readonly isNeeded: boolean | null;
  /** `person`: somebody logs in with a browser. `machine`: client credentials (RFC 6749 section 4.4). */
  readonly who: 'person' | 'machine';
  /** Of a client that was registered beforehand; null to register one. */
  readonly clientId: string | null;
  readonly clientSecret: string | null;
  /** PKCS#8 in PEM form, for `private_key_jwt` (RFC 7523); null when there is none. */
  readonly privateKey: string | null;
  /** With which the private key signs. */
  readonly algorithm: string;
  /** Asked for in place of those that the server names; empty to ask for what it names. */
  readonly scopes: readonly string[];
  /** The resource indicator (RFC 8707), where it differs from what the server's metadata says. */
  readonly resource: string | null;
  /** Issuer of the authorization server, where the server does not name the right one. */
  readonly authorizationServer: string | null;
  /** Address of a client id metadata document; null to do without. */
  readonly clientMetadataUrl: string | null;
  /** Accepts metadata that name another issuer than the address they come from. It weakens the protection against mix-ups. */
  readonly acceptsOtherIssuer: boolean;
}

/** For an entry that says nothing about a login. */
export const NO_LOGIN_SETTINGS: LoginSettings = {
  isNeeded: null,
  who: 'person',
  clientId: null,
  clientSecret: null,
  privateKey: null,
  algorithm: 'ES256',
  scopes: [],
  resource: null,
  authorizationServer: null,
  clientMetadataUrl: null,
  acceptsOtherIssuer: false,
};
