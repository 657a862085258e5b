import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { pathToFileURL } from 'node:url';
import { onTestFinished } from 'vitest';
import { inRepository } from '#tests/support/paths';

/** The URL of a module below scripts/runtime, for `import` in a script. */
export function runtimeModule(path: string): string {
  return pathToFileURL(inRepository(`scripts/runtime/${path}`)).href;
}

/** Runs a module's source in a Node process of its own, which does not outlive the test. */
export function startScript(source: string): ChildProcessWithoutNullStreams {
  const child = spawn(process.execPath, ['--input-type=module', '-e', source]);
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  return child;
}

/** Resolves when the process has printed a line that holds the text. */
export async function printed(child: ChildProcessWithoutNullStreams, text: string): Promise<void> {
  let output = '';
  let complaint = '';
  child.stderr.on('data', (data) => {
    complaint += data;
  });
  return new Promise((done, fail) => {
    child.stdout.on('data', (data) => {
      output += data;
      if (output.includes(text)) done();
    });
    child.once('close', () => fail(new Error(`It ended without printing "${text}". ${complaint}`)));
  });
}

/** Ends a process at once, as a power cut would. */
export async function killHard(child: ChildProcessWithoutNullStreams): Promise<void> {
  const closed = once(child, 'close');
  child.kill('SIGKILL');
  await closed;
}
