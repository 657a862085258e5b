import { type RequestId, rpcError } from '../../mcp/json-rpc';

/** A longer line is not read; Holdfast takes 4 MiB. */
const MAX_LINE = 16 * 1024 * 1024;

/**
 * The lines of a stream, without their ends (MCP, stdio transport: messages are delimited by newlines). Other characters that
 * some take for line ends may stand inside a message. Null stands for a line that was too long to be read.
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
    // What is too long is counted and thrown away.
    if (length <= MAX_LINE) parts.push(rest);
    else parts = [];
  }
  if (length > 0 && length <= MAX_LINE) yield Buffer.concat(parts).toString();
}

/** The protocol's side of standard output: one message a line, and nothing else. */
export class Output {
  private readonly write: (text: string) => void;

  constructor(write: (text: string) => void) {
    this.write = write;
  }

  /** Passes a message on as it came. Line breaks in JSON stand between its parts only, so they can be left out. */
  message(text: string): void {
    const line = /[\r\n]/.test(text) ? JSON.stringify(JSON.parse(text)) : text;
    this.write(`${line}\n`);
  }

  error(id: RequestId | null, code: number, message: string): void {
    this.message(JSON.stringify(rpcError(id, code, message)));
  }
}
