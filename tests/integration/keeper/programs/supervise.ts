/**
 * A supervisor as a process of its own. Takes commands, one JSON a line, from its input, and says what happened, one JSON a
 * line, as soon as it happened: what it printed is what it took, however it ends.
 */
import { writeSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { pino } from 'pino';
import { KeeperProcessLink } from '#src/main/upstream/keeper/keeper-link';
import type { ChildListener } from '#src/main/upstream/keeper/keeper-ports';

type Command =
  | { do: 'attach' }
  | { do: 'spawn'; id: string; command: string; args: string[] }
  | { do: 'adopt'; id: string; dieAfter?: number }
  | { do: 'write'; id: string; line: string }
  | { do: 'sync'; id: string };

const link = new KeeperProcessLink({ folder: process.argv[2] ?? '', log: pino({ level: 'silent' }) });

function say(what: object): void {
  const bytes = Buffer.from(`${JSON.stringify(what)}\n`);
  for (let at = 0; at < bytes.length; ) {
    try {
      at += writeSync(1, bytes, at);
    } catch (error) {
      // The test reads slower than we write.
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
    }
  }
}

function listener(id: string, dieAfter = Number.POSITIVE_INFINITY): ChildListener {
  let lines = 0;
  return {
    onLine: (line) => {
      say({ line, id });
      lines += 1;
      if (lines >= dieAfter) process.kill(process.pid, 'SIGKILL');
      return 0;
    },
    onExit: (exit) => say({ exit, id }),
  };
}

async function obey(command: Command): Promise<object> {
  switch (command.do) {
    case 'attach':
      return { attached: await link.attach(), found: link.found, keeper: link.keeper?.pid };
    case 'spawn': {
      const { id, command: program, args } = command;
      const target = { kind: 'stdio', command: program, args, cwd: null, env: {} } as const;
      return { spawned: await link.spawn(id, target, listener(id)), keeper: link.keeper?.pid };
    }
    case 'adopt':
      link.adopt(command.id, listener(command.id, command.dieAfter));
      return {};
    case 'write':
      link.write(command.id, command.line);
      return {};
    case 'sync':
      // Acknowledgements leave with the question, and the keeper takes what we send in order.
      return { synced: (await link.stderr(command.id)).length };
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  const command = JSON.parse(line) as Command;
  say({ did: command.do, ...(await obey(command).catch((error: Error) => ({ error: error.message }))) });
}
