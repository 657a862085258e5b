import { connect, type Socket } from 'node:net';

export interface RawAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Record<string, string>;
  readonly body: string;
}

/** Opens a bare connection, over which a test can say things that no HTTP library lets it say. */
export function openRaw(port: number, host = '127.0.0.1'): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, host, () => {
      socket.off('error', reject);
      socket.on('error', () => {});
      resolve(socket);
    });
    socket.once('error', reject);
  });
}

/** Sends text as it is and reads one answer. */
export async function sendRaw(port: number, text: string | Buffer): Promise<RawAnswer> {
  const socket = await openRaw(port);
  try {
    socket.write(text);
    return await readAnswer(socket);
  } finally {
    socket.destroy();
  }
}

/** One answer with a Content-Length, or everything until the other side ends. */
export function readAnswer(socket: Socket): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    let text = '';
    const done = (end: boolean) => {
      const answer = parse(text, end);
      if (answer === null && !end) return;
      socket.off('data', onData).off('end', onEnd).off('close', onEnd);
      if (answer) resolve(answer);
      else reject(new Error(`no answer, only ${JSON.stringify(text.slice(0, 200))}`));
    };
    const onData = (chunk: Buffer) => {
      text += chunk.toString('latin1');
      done(false);
    };
    const onEnd = () => done(true);
    socket.on('data', onData).on('end', onEnd).on('close', onEnd);
  });
}

/** Everything that comes until the other side ends. */
export function readToEnd(socket: Socket): Promise<string> {
  return new Promise((resolve) => {
    let text = '';
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString('latin1');
    });
    socket.once('close', () => resolve(text));
  });
}

function parse(text: string, end: boolean): RawAnswer | null {
  const split = text.indexOf('\r\n\r\n');
  if (split < 0) return null;
  const [first = '', ...lines] = text.slice(0, split).split('\r\n');
  const headers = Object.fromEntries(
    lines.map((line) => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
    }),
  );
  const rest = text.slice(split + 4);
  const length = headers['content-length'];
  // The answer to HEAD has a length and no body.
  if (!end && (length === undefined ? !first.includes(' 101 ') : rest.length < Number(length))) return null;
  return {
    status: Number(first.split(' ')[1]),
    headers,
    body: length === undefined ? rest : rest.slice(0, Number(length)),
  };
}

/** A request with exactly these header lines. */
export const rawRequest = (line: string, headers: string[], body = ''): string =>
  `${[`${line} HTTP/1.1`, ...headers].join('\r\n')}\r\n\r\n${body}`;

/** The sentence in an error's body. */
export const detailOf = (answer: { body: string }): string => (JSON.parse(answer.body) as { detail: string }).detail;
