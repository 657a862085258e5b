type Command = (input: never) => unknown;

/**
 * Answers the commands of the process that started this one, one at a time, in order, and ends with that process.
 * Every host knows `cpu`: microseconds of processor time that the whole process has used.
 */
export function serveCommands(commands: Record<string, Command>): void {
  const known: Record<string, Command> = { ...commands, ready: () => true, cpu };
  let queue = Promise.resolve();
  process.on('message', ({ id, command, input }: { id: number; command: string; input: never }) => {
    queue = queue.then(() => answer(id, known[command], input));
  });
  process.once('disconnect', () => process.exit(0));
}

async function answer(id: number, command: Command | undefined, input: never): Promise<void> {
  try {
    if (!command) throw new Error('there is no such command');
    process.send?.({ id, value: await command(input) });
  } catch (error) {
    process.send?.({ id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  }
}

function cpu(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}
