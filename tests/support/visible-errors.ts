import type { ChildProcess } from 'node:child_process';

/**
 * Shows what a child writes to standard error, which must be a pipe. A child that inherits ours instead keeps the whole test
 * run from ending for as long as it lives: Vitest waits for the end of its workers' output.
 */
export function visibleErrors<Child extends ChildProcess>(child: Child): Child {
  child.stderr?.on('data', (chunk: Buffer) => process.stderr.write(chunk));
  return child;
}
