import type { NewEvent } from '../../../shared/contract/event';
import type { LoginBegun, Login as LoginView } from '../../../shared/contract/login';
import { HoldfastError } from '../../../shared/errors';
import { said } from '../../../shared/messages/said';
import { NO_LOGIN } from '../../../shared/model/no-login';
import { RequestFailed } from '../../http-client/failures';
import type { Network } from '../../http-client/network';
import type { Clock, Random, Timers } from '../../platform/ports';
import type { ServerLogins } from '../config/server-logins';
import type { HttpTarget, ServerConfig } from '../upstream-ports';
import type { CourierLink } from './courier/courier-link';
import { mayBeHere } from './discovery';
import { Login } from './login';
import { LoginImpossible } from './login-failures';
import { NO_LOGIN_SETTINGS } from './login-settings';
import type { LoginVault } from './login-vault';
import { type OAuthFetch, oauthFetch } from './oauth-fetch';

export interface LoginsDeps {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: Random;
  readonly network: Network;
  readonly vault: LoginVault;
  /** Sends what uses up a refresh token. */
  readonly courier: CourierLink;
  readonly log: { warn(details: object, message: string): void };
  /** Address to which authorization servers send the browser back. */
  redirectUri(): string;
  /** Commits events and publishes them. */
  record(events: readonly NewEvent[]): void;
}

/** The logins of all servers over HTTP: one for each, whoever uses it. */
export class Logins implements ServerLogins {
  private readonly deps: LoginsDeps;
  private readonly byServer = new Map<string, { readonly target: HttpTarget; readonly login: Login }>();
  private readonly listeners = new Set<(server: string) => void>();

  constructor(deps: LoginsDeps) {
    this.deps = deps;
  }

  /** The login of a server; null if it can have none: over stdio, or with an `Authorization` header in its entry. */
  of({ name, target }: Pick<ServerConfig, 'name' | 'target'>): Login | null {
    if (target.kind !== 'http' || hasOwnKey(target)) {
      this.drop(name);
      return null;
    }
    const known = this.byServer.get(name);
    if (known && isSame(known.target, target)) return known.login;
    this.drop(name);
    const login = this.create(name, target);
    this.byServer.set(name, { target, login });
    return login;
  }

  /** Calls the listener with the name of a server whose login has changed. Returns a function that unsubscribes. */
  onChange(listener: (server: string) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Drops what belongs to no server any more. What is kept of it stays until the next start. */
  configure(configs: readonly ServerConfig[]): void {
    const names = new Set(configs.map(({ name }) => name));
    for (const name of this.byServer.keys()) if (!names.has(name)) this.drop(name);
    for (const config of configs) this.of(config);
  }

  view(server: string): LoginView {
    return this.byServer.get(server)?.login.view() ?? NO_LOGIN;
  }

  async begin(server: string, how: 'browser' | 'device' = 'browser'): Promise<LoginBegun> {
    return impossibleAsError(() => this.need(server).begin(how));
  }

  cancel(server: string): void {
    this.need(server).cancel();
  }

  async finish(parameters: URLSearchParams, of: string | null = null): Promise<string> {
    const state = parameters.get('state');
    const found = [...this.byServer].find(
      ([name, { login }]) => state !== null && login.begun?.state === state && (of === null || name === of),
    );
    if (!found) throw new HoldfastError('login_unknown');
    const [server, { login }] = found;
    await impossibleAsError(() => login.finish(parameters));
    return server;
  }

  async logOut(server: string): Promise<{ revoked: boolean }> {
    return this.need(server).logOut();
  }

  async rename(from: string, to: string): Promise<void> {
    // First, so that what is under way there writes nothing under the old name any more.
    this.drop(from);
    await this.deps.vault.rename(from, to);
    this.drop(to);
  }

  /** Whether this is the address of a login that was begun: the only addresses that a browser is opened at for one. */
  isBegun(url: string): boolean {
    return [...this.byServer.values()].some(({ login }) => login.begun?.url === url);
  }

  /** Takes up what is kept of logins that were not known. Call it when secrets can be read that could not be before. */
  reload(): void {
    for (const [name, { target, login }] of this.byServer) {
      if (login.presentToken !== null || this.deps.vault.of(name) === null) continue;
      login.close();
      this.byServer.set(name, { target, login: this.create(name, target) });
      for (const listener of this.listeners) listener(name);
    }
  }

  /** Refreshes what is due. Call it after the machine slept. */
  wake(): void {
    for (const { login } of this.byServer.values()) login.wake();
  }

  close(): void {
    for (const name of [...this.byServer.keys()]) this.drop(name);
    this.listeners.clear();
    this.deps.courier.close();
  }

  private create(server: string, { url, login: settings }: HttpTarget): Login {
    const { vault, courier, timers, network, record } = this.deps;
    const allowsLoopback = mayBeHere(url, settings ?? NO_LOGIN_SETTINGS);
    const fetch: OAuthFetch = oauthFetch(timers, network, allowsLoopback);
    return new Login(
      {
        ...this.deps,
        fetch,
        allowsLoopback,
        refreshFetch: (id, key) => courier.fetchFor(id, key, allowsLoopback),
        forgetRefresh: (id) => courier.forget(id),
        store: (data) => vault.put(server, data),
        record,
        changed: () => {
          for (const listener of this.listeners) listener(server);
        },
      },
      server,
      url,
      settings,
      vault.of(server),
    );
  }

  private need(server: string): Login {
    const known = this.byServer.get(server);
    if (!known)
      throw new HoldfastError(
        'login_impossible',
        said('said.server.named', { name: server, what: said('said.login.no_login') }),
      );
    return known.login;
  }

  private drop(server: string): void {
    this.byServer.get(server)?.login.close();
    this.byServer.delete(server);
  }
}

const hasOwnKey = ({ headers, login }: HttpTarget): boolean =>
  login?.isNeeded !== true && Object.keys(headers).some((name) => name.toLowerCase() === 'authorization');

const isSame = (one: HttpTarget, other: HttpTarget): boolean =>
  one.url === other.url && JSON.stringify(one.login) === JSON.stringify(other.login);

async function impossibleAsError<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof LoginImpossible) throw new HoldfastError('login_impossible', error.message, { cause: error });
    if (error instanceof RequestFailed)
      throw new HoldfastError('login_impossible', said('said.server.unnamed', { what: error.message }));
    throw error;
  }
}
