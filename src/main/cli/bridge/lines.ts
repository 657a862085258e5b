import { type RequestId, rpcError } from '../../mcp/json-rpc';

/** Longest line that is read, in bytes; Holdfast accepts 4 MiB. */
const MAX_LINE = 16 * 1024 * 1024;

/**
 * Yields the lines of a stream without their newlines, null for a line that is too long. Only a newline ends a line
 * (MCP, stdio transport): other characters that some readers treat as line ends may occur inside a message.
 */
export async function* linesOf(input: AsyncIterable<Buffer>): AsyncGenerator<string | null> {
  let parts: Buffer[] = [];
  let length = 0;
  for await (const chunk of input) {
    let from = 0;
    for (let end = chunk.indexOf(10); end !== -1; end = chunk.indexOf(10, from)) {
      const part = chunk.subarray(from, end);
      from = end + 1;
      yield length + part.length > MAX_LINE ? null : Buffer.concat([...parts, part]).toString();
      parts = [];
      length = 0;
    }
    const rest = chunk.subarray(from);
    length += rest.length;
    // Keep counting a line that is too long, but discard its content.
    if (length <= MAX_LINE) parts.push(rest);
    else parts = [];
  }
  if (length > 0 && length <= MAX_LINE) yield Buffer.concat(parts).toString();
}

/** Writes messages to standard output, one per line, and nothing else. */
export class Output {
  private readonly write: (text: string) => void;

  constructor(write: (text: string) => void) {
    this.write = write;
  }

  /** Writes a message unchanged, except that spaces replace line breaks; JSON has them only between tokens. */
  message(text: string): void {
    const line = text.replace(/[\r\n]+/g, ' ');
    this.write(`${line}\n`);
  }

  error(id: RequestId | null, code: number, message: string): void {
    this.message(JSON.stringify(rpcError(id, code, message)));
  }
}
