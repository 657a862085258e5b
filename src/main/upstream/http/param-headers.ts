import { isObject, type JsonRpcRequest, type JsonRpcResponse } from '../../mcp/json-rpc';
import { headerValue } from './standard-headers';

const KEY = 'x-mcp-header';
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

/** Tool arguments that a server also wants as headers (MCP 2026-07-28, streamable HTTP, parameter headers). */
export class ParamHeaders {
  private readonly byTool = new Map<string, ReadonlyMap<string, string>>();

  /** Learns the wanted headers from a response to `tools/list`. */
  learn({ result }: JsonRpcResponse): void {
    const tools = isObject(result) && Array.isArray(result.tools) ? result.tools : [];
    for (const tool of tools) {
      if (!isObject(tool) || typeof tool.name !== 'string') continue;
      const { properties } = isObject(tool.inputSchema) ? tool.inputSchema : {};
      const wanted = Object.entries(isObject(properties) ? properties : {}).flatMap(([name, schema]) => {
        const header = isObject(schema) ? schema[KEY] : undefined;
        return typeof header === 'string' && TOKEN.test(header) ? [[name, header] as const] : [];
      });
      this.byTool.set(tool.name, new Map(wanted));
    }
  }

  /** Headers for a request. Only arguments that are strings, numbers or booleans get one. */
  of({ method, params }: JsonRpcRequest): Record<string, string> {
    const wanted = method === 'tools/call' ? this.byTool.get(String(params?.name)) : undefined;
    const given = isObject(params?.arguments) ? params.arguments : {};
    const headers: Record<string, string> = {};
    for (const [name, header] of wanted ?? []) {
      const value = given[name];
      if (typeof value === 'string') headers[`mcp-param-${header.toLowerCase()}`] = headerValue(value);
      else if (typeof value === 'number' || typeof value === 'boolean') {
        headers[`mcp-param-${header.toLowerCase()}`] = String(value);
      }
    }
    return headers;
  }
}
