import type { OAuthDiscoveryState } from '@modelcontextprotocol/client';
import type { LoginBegun } from '../../../shared/contract/login';
import { said } from '../../../shared/messages/said';
import { MINUTE, type Ms, SECOND } from '../../../shared/model/units';
import { RequestFailed } from '../../http-client/failures';
import type { Clock, Random, Timers } from '../../platform/ports';
import { randomText } from '../../platform/random-text';
import { beginDeviceLogin, DEVICE_GRANT, deviceEndpoint, scopeOf } from './device-flow';
import { refusalSentence } from './flow-failures';
import { LoginImpossible } from './login-failures';
import { type FlowContext, LoginFlow } from './login-provider';
import { allowedAddress, type OAuthFetch } from './oauth-fetch';

/** How long a login that was begun may take. */
const LIFE: Ms = 10 * MINUTE;
/** A server that is asked too often wants this much more time between questions (RFC 8628 section 3.5). */
const SLOWER: Ms = 5 * SECOND;

export interface PersonLoginDeps {
  /** Address of the MCP server. */
  readonly url: string;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: Random;
  readonly fetch: OAuthFetch;
  readonly allowsLoopback: boolean;
  readonly acceptsOtherIssuer: boolean;
  discover(): Promise<OAuthDiscoveryState | null>;
  contextOf(discovery: OAuthDiscoveryState): FlowContext;
  /** What to ask for; null to ask for what the server names. */
  scope(): string | null;
  /** What a person is told of a failure. */
  sentenceOf(error: unknown): LoginImpossible;
  /** Something that shows has changed: a login began, ended, or failed with this sentence. */
  changed(trouble: string | null): void;
}

/** A login that a person has begun. */
export interface BegunLogin {
  /** Ties the browser that comes back to it; null for a login on another device. */
  readonly state: string | null;
  readonly url: string;
  readonly host: string;
}

interface Begun extends BegunLogin {
  readonly flow: LoginFlow;
  readonly discovery: OAuthDiscoveryState;
  readonly scope: string | null;
  readonly abort: AbortController;
  /** The browser has come back: it cannot do so twice. */
  isAnswered: boolean;
}

/** The logins of one server that a person makes, with a browser or on another device. There is one at a time. */
export class PersonLogin {
  private readonly deps: PersonLoginDeps;
  private current: Begun | null = null;

  constructor(deps: PersonLoginDeps) {
    this.deps = deps;
  }

  /** The login that was begun and is not finished; null if there is none. */
  get begun(): BegunLogin | null {
    return this.current;
  }

  /**
   * Begins a login, in place of one that was begun before.
   * @throws LoginImpossible, RequestFailed
   */
  async begin(how: 'browser' | 'device'): Promise<LoginBegun> {
    this.cancel();
    this.deps.changed(null);
    const discovery = await this.deps.discover();
    if (discovery === null) {
      throw new LoginImpossible(said('said.login.none_offered'));
    }
    return how === 'device' ? this.beginDevice(discovery) : this.beginBrowser(discovery);
  }

  /** Ends the login that was begun. */
  cancel(): void {
    if (!this.current) return;
    this.current.abort.abort();
    this.current = null;
    this.deps.changed(null);
  }

  /**
   * Finishes the login that was begun, with the parameters that the browser brought back (RFC 6749 section 4.1.2). It can
   * be finished once, well or badly.
   * @throws LoginImpossible, RequestFailed
   */
  async finish(parameters: URLSearchParams): Promise<void> {
    const begun = this.current;
    if (!begun || begun.isAnswered || begun.state === null || begun.state !== parameters.get('state')) {
      throw new LoginImpossible(said('said.login.not_known'));
    }
    begun.isAnswered = true;
    const { validateAuthorizationResponseIssuer } = await import('@modelcontextprotocol/client');
    const iss = parameters.get('iss') ?? undefined;
    const code = parameters.get('code');
    try {
      const metadata = begun.discovery.authorizationServerMetadata;
      // Before anything else of the answer is believed (RFC 9207 section 2.4).
      validateAuthorizationResponseIssuer({
        iss,
        expectedIssuer: metadata?.issuer,
        issParameterSupported: metadata?.authorization_response_iss_parameter_supported === true,
      });
      if (code === null) throw new LoginImpossible(refusalSentence(parameters.get('error')));
      await this.run(begun.flow, begun.scope, { authorizationCode: code, ...(iss === undefined ? {} : { iss }) });
    } catch (error) {
      this.over(begun);
      throw this.failed(error);
    }
    this.over(begun);
    this.deps.changed(null);
  }

  private over(begun: Begun): void {
    begun.abort.abort();
    if (this.current === begun) this.current = null;
  }

  private async beginBrowser(discovery: OAuthDiscoveryState): Promise<LoginBegun> {
    const { deps } = this;
    const state = randomText(deps.random, 32);
    const scope = deps.scope();
    const flow = new LoginFlow(deps.contextOf(discovery), state);
    try {
      await this.run(flow, scope, {});
      if (flow.address === null) throw new LoginImpossible(said('said.login.no_address'));
      const { href: url } = allowedAddress(flow.address.href, deps.allowsLoopback);
      return this.started({ flow, state, url, discovery, scope }, LIFE, null);
    } catch (error) {
      throw deps.sentenceOf(error);
    }
  }

  private async beginDevice(discovery: OAuthDiscoveryState): Promise<LoginBegun> {
    const { deps } = this;
    const endpoint = deviceEndpoint(discovery);
    if (endpoint === null) {
      throw new LoginImpossible(said('said.login.no_device'));
    }
    const scope = scopeOf(deps.scope(), discovery);
    try {
      const flow = new LoginFlow(deps.contextOf(discovery), '', 'device');
      const client = await flow.registeredAt(discovery, deps.fetch);
      const resource = String(await flow.validateResourceURL(deps.url, discovery.resourceMetadata?.resource));
      const device = await beginDeviceLogin(endpoint, discovery, client, { scope, resource }, deps.fetch);
      const { href: url } = allowedAddress(device.url, deps.allowsLoopback);
      flow.request = () => new URLSearchParams({ grant_type: DEVICE_GRANT, device_code: device.deviceCode });
      const begun = this.started(
        { flow, state: null, url, discovery, scope },
        Math.min(device.life, LIFE),
        device.userCode,
      );
      const { current } = this;
      if (current) void this.askUntilDone(current, device.interval);
      return begun;
    } catch (error) {
      throw deps.sentenceOf(error);
    }
  }

  private started(begun: Omit<Begun, 'abort' | 'host' | 'isAnswered'>, life: Ms, code: string | null): LoginBegun {
    const { clock, timers } = this.deps;
    const abort = new AbortController();
    const { host } = new URL(begun.url);
    const current = { ...begun, host, abort, isAnswered: false };
    this.current = current;
    const cancelLimit = timers.after(life, () => {
      if (this.current === current) this.cancel();
    });
    abort.signal.addEventListener('abort', cancelLimit);
    this.deps.changed(null);
    return { url: begun.url, host, expires_at: clock.now() + life, code };
  }

  /** Asks until the person is done on the other device (RFC 8628 section 3.4). Never rejects. */
  private async askUntilDone(begun: Begun, first: Ms): Promise<void> {
    let interval = first;
    while (this.current === begun) {
      await this.pause(interval, begun.abort.signal);
      if (this.current !== begun) return;
      try {
        await this.run(begun.flow, begun.scope, {});
        this.over(begun);
        this.deps.changed(null);
      } catch (error) {
        const code = (error as { code?: unknown }).code;
        if (code === 'slow_down') interval += SLOWER;
        else if (code !== 'authorization_pending' && !(error instanceof RequestFailed && error.passing)) {
          this.over(begun);
          this.failed(error);
        }
      }
    }
  }

  private async run(flow: LoginFlow, scope: string | null, answer: { authorizationCode?: string; iss?: string }) {
    const { url, fetch, acceptsOtherIssuer } = this.deps;
    const { auth } = await import('@modelcontextprotocol/client');
    await auth(flow, {
      serverUrl: url,
      fetchFn: fetch,
      ...(scope === null ? {} : { scope }),
      ...(acceptsOtherIssuer ? { skipIssuerMetadataValidation: true } : {}),
      ...answer,
    });
  }

  private failed(error: unknown): LoginImpossible {
    const failure = this.deps.sentenceOf(error);
    this.deps.changed(failure.message);
    return failure;
  }

  private pause(delay: Ms, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const over = () => {
        cancel();
        signal.removeEventListener('abort', over);
        resolve();
      };
      const cancel = this.deps.timers.after(delay, over);
      signal.addEventListener('abort', over);
      if (signal.aborted) over();
    });
  }
}
