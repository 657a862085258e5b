import { type Ms, SECOND } from '../../../shared/model/units';
import { extensionsIn, mergedExtensions } from '../../mcp/extensions';
import { isObject, type Params } from '../../mcp/json-rpc';
import { versionProblem } from '../../mcp/protocol-versions';
import type { InitializeResult } from '../../mcp/server-channel';
import { soundIntroduction } from '../../mcp/sound-introduction';
import { type AllClientSettings, levelOf, urisOf } from './client-settings';
import type { OwnRequests } from './own-requests';

const REPLAY_LIMIT: Ms = 5 * SECOND;

/** The newest revision with `initialize`. */
const OWN_PROTOCOL_VERSION = '2025-11-25';

/** Holdfast's own `initialize` params, without capabilities: on a shared server, nobody could answer its requests. */
export const ownInitializeParams = (version: string) => ({
  protocolVersion: OWN_PROTOCOL_VERSION,
  capabilities: {},
  clientInfo: { name: 'Holdfast', version },
});

/** Params of a shared server with the extensions of one more client; the same reference if it has none that is new. */
export function withExtensions(params: unknown, client: unknown): unknown {
  if (!isObject(params) || !isObject(client)) return params;
  const known = extensionsIn(params.capabilities);
  const added = extensionsIn(client.capabilities);
  if (Object.keys(added).every((name) => Object.hasOwn(known, name))) return params;
  const capabilities = isObject(params.capabilities) ? params.capabilities : {};
  return { ...params, capabilities: { ...capabilities, extensions: mergedExtensions([known, added]) } };
}

export interface HandshakeOptions {
  readonly own: OwnRequests;
  /** How long the server may take to answer `initialize`. */
  readonly startLimit: Ms;
  readonly initializeParams: unknown;
  readonly clientSettings: AllClientSettings;
  /** Called for each setting that the server refused to take over from its predecessor. It works without. */
  readonly onProblem: (error: unknown) => void;
}

/**
 * Initializes a server (MCP 2025-11-25, lifecycle), then replays what its predecessor was told: log level and
 * subscriptions. Rejects like {@link requestInitialize}.
 */
export async function initialize(options: HandshakeOptions): Promise<InitializeResult> {
  const { own, startLimit, initializeParams, clientSettings, onProblem } = options;
  const result = await requestInitialize(own, initializeParams, startLimit);
  const level = levelOf(clientSettings);
  const replays: [string, Params][] = [...urisOf(clientSettings)].map((uri) => ['resources/subscribe', { uri }]);
  if (level !== null) replays.unshift(['logging/setLevel', { level }]);
  const told = await Promise.allSettled(replays.map(([method, params]) => own.ask(method, params, REPLAY_LIMIT)));
  for (const outcome of told) if (outcome.status === 'rejected') onProblem(outcome.reason);
  return result;
}

/**
 * Initializes a server without replaying anything. Rejects if it refuses, gives an invalid result, names a revision
 * that Holdfast does not know, or does not answer within `limit`. The error's message continues a sentence that starts
 * with the server's name.
 */
export async function requestInitialize(own: OwnRequests, params: unknown, limit: Ms): Promise<InitializeResult> {
  const result = soundIntroduction(await own.ask('initialize', params as Params, limit));
  if (!isInitializeResult(result)) throw new Error('answered initialize with something else than MCP says');
  const problem = versionProblem(result.protocolVersion);
  if (problem !== null) throw new Error(problem);
  own.notify('notifications/initialized');
  return result;
}

/** Checks that the server still answers. Rejects if it refuses `ping` or does not answer within 5 s. */
export async function probe(own: OwnRequests): Promise<void> {
  await own.ask('ping', {}, REPLAY_LIMIT);
}

const isInitializeResult = (value: unknown): value is InitializeResult =>
  isObject(value) &&
  typeof value.protocolVersion === 'string' &&
  isObject(value.capabilities) &&
  isObject(value.serverInfo);
