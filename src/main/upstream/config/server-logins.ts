import type { Login, LoginBegun } from '../../../shared/contract/login';

/** The logins of servers, as server administration needs them. */
export interface ServerLogins {
  /** The login of a server as anyone may see it. */
  view(server: string): Login;
  /**
   * Begins a login of a person and says where to go, with a browser here or on another device.
   * @throws HoldfastError `login_impossible` with a sentence that says what to do
   */
  begin(server: string, how?: 'browser' | 'device'): Promise<LoginBegun>;
  /** Ends a login that was begun and is not finished. */
  cancel(server: string): void;
  /**
   * Finishes the login that the redirect belongs to, with the parameters of its address.
   * @param of - name of the server that it must belong to; null for any
   * @returns the name of the server
   * @throws HoldfastError `login_unknown`, `login_impossible`
   */
  finish(parameters: URLSearchParams, of?: string | null): Promise<string>;
  /** Revokes the tokens where that is offered, and forgets them in any case. */
  logOut(server: string): Promise<{ revoked: boolean }>;
  /** Gives the login of a server to the one that it is called now. */
  rename(from: string, to: string): Promise<void>;
}
