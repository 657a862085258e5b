import { createInterface } from 'node:readline';

/**
 * The next line of standard input, without space around it; null at its end.
 * @param question - shown first, on standard error, where a person types
 */
export async function readLine(question: string): Promise<string | null> {
  if (process.stdin.isTTY) process.stderr.write(question);
  const lines = createInterface({ input: process.stdin, terminal: false });
  try {
    for await (const line of lines) return line.trim();
    return null;
  } finally {
    lines.close();
    process.stdin.pause();
  }
}
