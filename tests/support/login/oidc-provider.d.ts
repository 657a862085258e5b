/** The part of oidc-provider that the tests use; the package has no types of its own. */
declare module 'oidc-provider' {
  import type { IncomingMessage, ServerResponse } from 'node:http';

  interface Stored {
    readonly jti: string;
    readonly grantId?: string;
  }

  /** An access token that was found. */
  interface FoundToken extends Stored {
    readonly accountId?: string;
    readonly clientId: string;
    readonly aud?: string | string[];
    readonly scope?: string;
    readonly exp: number;
  }

  interface TokenModel {
    find(value: string): Promise<FoundToken | undefined>;
    revokeByGrantId(grantId: string): Promise<void>;
  }

  /** The request that an event is about. */
  interface ProviderContext {
    readonly oidc: { readonly params?: Readonly<Record<string, unknown>> };
  }

  interface ProviderError extends Error {
    readonly error_detail?: string;
  }

  export const errors: { readonly InvalidTarget: new (description?: string) => Error };

  export class Provider {
    constructor(issuer: string, configuration: object);
    issuer: string;
    readonly AccessToken: TokenModel;
    readonly ClientCredentials: TokenModel;
    readonly RefreshToken: TokenModel;
    readonly Grant: TokenModel & { readonly adapter: { destroy(id: string): Promise<void> } };
    callback(): (req: IncomingMessage, res: ServerResponse) => Promise<void>;
    on(event: 'grant.saved' | 'access_token.issued' | 'access_token.saved', listener: (one: Stored) => void): this;
    on(event: 'client_credentials.issued' | 'client_credentials.saved', listener: (one: Stored) => void): this;
    on(event: 'grant.error', listener: (ctx: ProviderContext, error: ProviderError) => void): this;
    on(event: 'server_error', listener: (ctx: ProviderContext, error: Error) => void): this;
  }
}
