import { type Extensions, extensionsIn, mergedExtensions } from '../../../mcp/extensions';
import type { Params } from '../../../mcp/json-rpc';
import { SEARCH_TOOLS } from '../../../mcp/own-tools';
import type { InitializeResult } from '../../../mcp/server-channel';
import type { ServerSource } from '../../../mcp/server-source';
import { OWN_INSTRUCTIONS } from '../own-tools/own-tool-names';
import type { Sight } from '../visibility/sight';
import { clientName } from './names';

/** `instructions` for clients that are not listed all tools. */
const BY_SEARCH =
  `Only a few tools are listed: find the others with ${SEARCH_TOOLS.search}, by what they should do, ` +
  `and call them with ${SEARCH_TOOLS.call}.`;

type IntroductionSource = Pick<ServerSource, 'offered' | 'extensionsOf'>;

/** Capabilities of all servers together. They are fixed because servers come and go while a client is connected. */
const CAPABILITIES = {
  tools: { listChanged: true },
  resources: { subscribe: true, listChanged: true },
  prompts: { listChanged: true },
  completions: {},
  logging: {},
  // Of servers that have them, and of Holdfast for all others.
  tasks: { list: {}, cancel: {}, requests: { tools: { call: {} } } },
};

/** Builds the result of `initialize` without asking any server: a handshake alone starts none. */
export function introduction(
  params: Params,
  version: string,
  source: IntroductionSource,
  sight: Pick<Sight, 'showsServer' | 'searches'>,
): InitializeResult {
  const extensions = extensionsOf(params, source);
  const seen = source.offered().filter((server) => sight.showsServer(server));
  return {
    protocolVersion: String(params.protocolVersion),
    capabilities: {
      ...CAPABILITIES,
      ...(Object.keys(extensions).length === 0 ? {} : { extensions }),
    },
    serverInfo: { name: 'holdfast', title: 'Holdfast', version },
    instructions: [OWN_INSTRUCTIONS, ...about(seen), ...(sight.searches ? [BY_SEARCH] : [])].join('\n'),
  };
}

/**
 * The extensions of all servers. A client learns of them only here, so while a server has not been seen yet, it is taken
 * to have what the client has: an extension that no server uses costs nothing.
 */
function extensionsOf(params: Params, source: IntroductionSource): Extensions {
  const ofServers = source.offered().map((name) => source.extensionsOf(name));
  const known = ofServers.flatMap((extensions) => extensions ?? []);
  const isComplete = ofServers.every((extensions) => extensions !== null);
  const hoped = Object.keys(isComplete ? {} : extensionsIn(params.capabilities)).map((name) => [name, {}]);
  return mergedExtensions([...known, Object.fromEntries(hoped)]);
}

function about(servers: readonly string[]): string[] {
  const [first] = servers;
  if (!first) return [];
  const example = clientName(first, 'search');
  return [
    `Servers here: ${servers.join(', ')}. A tool or prompt is named after its server: ${example} is "search" of ${first}.`,
  ];
}
