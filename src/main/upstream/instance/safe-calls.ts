import { isObject, type JsonRpcRequest } from '../../mcp/json-rpc';

/** Methods that change nothing. */
export const READS = new Set([
  ...['tools/list', 'resources/list', 'resources/templates/list', 'prompts/list'],
  ...['resources/read', 'prompts/get', 'completion/complete', 'ping'],
]);

/**
 * Knows which requests may be repeated when it is unclear whether the first was carried out: reads, and calls of tools
 * annotated as read-only or idempotent (MCP 2025-11-25, tools: annotations).
 */
export class SafeCalls {
  private readonly tools = new Map<string, boolean>();

  /** Learns from one page of a `tools/list` result. Tools on other pages keep what was learned about them. */
  learn(result: unknown): void {
    const tools = isObject(result) && Array.isArray(result.tools) ? result.tools : [];
    for (const tool of tools) {
      if (!isObject(tool) || typeof tool.name !== 'string') continue;
      const hints = isObject(tool.annotations) ? tool.annotations : {};
      this.tools.set(tool.name, hints.readOnlyHint === true || hints.idempotentHint === true);
    }
  }

  /** Forgets everything learned, because the tools changed. */
  forget(): void {
    this.tools.clear();
  }

  isSafe({ method, params }: JsonRpcRequest): boolean {
    if (method !== 'tools/call') return READS.has(method);
    return typeof params?.name === 'string' && this.tools.get(params.name) === true;
  }
}
