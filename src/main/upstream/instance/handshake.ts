import { type Ms, SECOND } from '../../../shared/model/units';
import { isObject, type Params } from '../../mcp/json-rpc';
import { versionProblem } from '../../mcp/protocol-versions';
import type { InitializeResult } from '../../mcp/server-channel';
import { type AllClientSettings, levelOf, urisOf } from './client-settings';
import type { OwnRequests } from './own-requests';

/** A server that has not answered `initialize` by then is given up. */
export const START_LIMIT: Ms = 30 * SECOND;
const REPLAY_LIMIT: Ms = 5 * SECOND;

/** Newest revision that has `initialize`. */
const OWN_PROTOCOL_VERSION = '2025-11-25';

/** What Holdfast says of itself to a server that all share: nobody could answer questions of it. */
export const ownInitializeParams = (version: string) => ({
  protocolVersion: OWN_PROTOCOL_VERSION,
  capabilities: {},
  clientInfo: { name: 'Holdfast', version },
});

export interface HandshakeOptions {
  readonly own: OwnRequests;
  readonly initializeParams: unknown;
  readonly clientSettings: AllClientSettings;
  /** Told of what the server did not take of what its predecessor knew: it works without. */
  readonly onProblem: (error: unknown) => void;
}

/**
 * Initializes a server (MCP 2025-11-25, lifecycle), then tells it what its predecessor was told: log level and
 * subscriptions. Rejects with a sentence when it refuses, answers with what is no result
 * or with a revision that Holdfast does not know, or does not answer within 30 s.
 */
export async function initialize(options: HandshakeOptions): Promise<InitializeResult> {
  const { own, initializeParams, clientSettings, onProblem } = options;
  const result = await requestInitialize(own, initializeParams);
  const level = levelOf(clientSettings);
  const replays: [string, Params][] = [...urisOf(clientSettings)].map((uri) => ['resources/subscribe', { uri }]);
  if (level !== null) replays.unshift(['logging/setLevel', { level }]);
  const told = await Promise.allSettled(replays.map(([method, params]) => own.ask(method, params, REPLAY_LIMIT)));
  for (const outcome of told) if (outcome.status === 'rejected') onProblem(outcome.reason);
  return result;
}

/** Initializes a server that is told nothing more. */
export async function requestInitialize(own: OwnRequests, params: unknown): Promise<InitializeResult> {
  const result = await own.ask('initialize', params as Params, START_LIMIT);
  if (!isInitializeResult(result)) throw new Error('answered initialize with something else than MCP says');
  const problem = versionProblem(result.protocolVersion);
  if (problem !== null) throw new Error(problem);
  own.notify('notifications/initialized');
  return result;
}

/** Whether a session that is taken up again is still there: whatever the server answers, it is. */
export async function probe(own: OwnRequests): Promise<void> {
  await own.ask('ping', {}, REPLAY_LIMIT);
}

const isInitializeResult = (value: unknown): value is InitializeResult =>
  isObject(value) &&
  typeof value.protocolVersion === 'string' &&
  isObject(value.capabilities) &&
  isObject(value.serverInfo);
