import { isObject, type JsonRpcRequest } from '../../mcp/json-rpc';

/** What asks and changes nothing. */
const READS = new Set([
  ...['tools/list', 'resources/list', 'resources/templates/list', 'prompts/list'],
  ...['resources/read', 'prompts/get', 'completion/complete', 'ping'],
]);

/**
 * Knows which requests may be sent a second time when nobody knows whether the first was done: reads, and calls of tools that
 * say of themselves that repeating changes nothing (MCP 2025-11-25, tools: annotations).
 */
export class SafeCalls {
  private readonly tools = new Map<string, boolean>();

  /** Learns from the result of a `tools/list` that passes by; each page tells of its own tools. */
  learn(result: unknown): void {
    const tools = isObject(result) && Array.isArray(result.tools) ? result.tools : [];
    for (const tool of tools) {
      if (!isObject(tool) || typeof tool.name !== 'string') continue;
      const hints = isObject(tool.annotations) ? tool.annotations : {};
      this.tools.set(tool.name, hints.readOnlyHint === true || hints.idempotentHint === true);
    }
  }

  /** The tools are others now: what was learned counts no more. */
  forget(): void {
    this.tools.clear();
  }

  isSafe({ method, params }: JsonRpcRequest): boolean {
    if (method !== 'tools/call') return READS.has(method);
    return typeof params?.name === 'string' && this.tools.get(params.name) === true;
  }
}
