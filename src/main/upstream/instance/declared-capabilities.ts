import { isObject, type Params } from '../../mcp/json-rpc';
import type { InstanceRecord } from '../upstream-ports';

/** What a client has to declare to be asked (MCP 2025-11-25, lifecycle, capability negotiation). */
const NEEDED: Readonly<Record<string, string>> = {
  'sampling/createMessage': 'sampling',
  'elicitation/create': 'elicitation',
  'roots/list': 'roots',
};

/** Whether a client that says this of itself answers such a request. */
export function doesAnswer({ capabilities }: Params, method: string): boolean {
  const needed = NEEDED[method];
  return needed === undefined || (isObject(capabilities) && isObject(capabilities[needed]));
}

/** Whether the client of this instance can show an address to its person. Nobody can be asked on a shared server. */
export function canOpenAddresses({ session_key, initialize_params: params }: InstanceRecord): boolean {
  const capabilities = isObject(params) && isObject(params.capabilities) ? params.capabilities : {};
  return session_key !== null && isObject(capabilities.elicitation) && isObject(capabilities.elicitation.url);
}

/** Whether the server was told that it will hear of changes of the roots (MCP 2025-11-25, roots). */
export function tellsRoots({ initialize_params: params }: InstanceRecord): boolean {
  const capabilities = isObject(params) && isObject(params.capabilities) ? params.capabilities : {};
  return isObject(capabilities.roots) && capabilities.roots.listChanged === true;
}
