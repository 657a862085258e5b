import type { Params } from '../../../mcp/json-rpc';
import type { InitializeResult } from '../../../mcp/server-channel';
import { OWN_INSTRUCTIONS } from '../own-tools/own-tool-names';
import { clientName } from './names';

/** Capabilities of all servers together. They are fixed because servers come and go while a client is connected. */
const CAPABILITIES = {
  tools: { listChanged: true },
  resources: { subscribe: true, listChanged: true },
  prompts: { listChanged: true },
  completions: {},
  logging: {},
};

/** Builds the result of `initialize` without asking any server: a handshake alone starts none. */
export function introduction(params: Params, version: string, servers: readonly string[]): InitializeResult {
  return {
    protocolVersion: String(params.protocolVersion),
    capabilities: CAPABILITIES,
    serverInfo: { name: 'holdfast', title: 'Holdfast', version },
    instructions: [OWN_INSTRUCTIONS, ...about(servers)].join('\n'),
  };
}

function about(servers: readonly string[]): string[] {
  const [first] = servers;
  if (!first) return [];
  const example = clientName(first, 'search');
  return [
    `Servers here: ${servers.join(', ')}. A tool or prompt is named after its server: ${example} is "search" of ${first}.`,
  ];
}
