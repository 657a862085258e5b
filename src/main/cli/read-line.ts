import { createInterface } from 'node:readline';

/**
 * The next line of standard input, without space around it; null at its end.
 * @param question - shown first, on standard error, where a person types
 */
export async function readLine(question: string): Promise<string | null> {
  const [line = null] = await readLines([question]);
  return line;
}

/** A line of standard input for each question, see {@link readLine}. Fewer if it ends early. */
export async function readLines(questions: readonly string[]): Promise<string[]> {
  const read: string[] = [];
  const ask = () => {
    if (process.stdin.isTTY && read.length < questions.length) process.stderr.write(questions[read.length] ?? '');
  };
  const lines = createInterface({ input: process.stdin, terminal: false });
  try {
    ask();
    for await (const line of lines) {
      read.push(line.trim());
      if (read.length >= questions.length) break;
      ask();
    }
    return read;
  } finally {
    lines.close();
    process.stdin.pause();
  }
}
