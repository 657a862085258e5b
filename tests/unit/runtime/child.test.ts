import { once } from 'node:events';
import { describe, expect, test } from 'vitest';
import { isDead } from '#src/main/upstream/keeper/process-group.js';
import { mustRun, run } from '../../../scripts/runtime/system/child.mjs';
import { printed, runtimeModule, startScript } from './script-process';

const node = (source: string, timeoutMs = 10_000) => run(process.execPath, ['-e', source], { timeoutMs });

describe('run', () => {
  test('reports the exit code and what was printed', async () => {
    expect(await node('console.log("out"); console.error("err"); process.exitCode = 3')).toEqual({
      code: 3,
      stdout: 'out\n',
      stderr: 'err\n',
      isCut: false,
      failure: undefined,
    });
  });

  test('keeps the end of what was printed, and says so', async () => {
    const { stdout, isCut } = await node('console.log("x".repeat(300_000) + "the end")');
    expect(stdout).toMatch(/^x+the end\n$/);
    expect(stdout.length).toBeLessThan(300_000);
    expect(isCut).toBe(true);
  });

  test('ends a command that takes too long', async () => {
    expect(await node('setInterval(() => {}, 1000)', 200)).toMatchObject({ code: null, failure: 'timeout' });
  });

  test('ends one that ignores the request to end', async () => {
    const stubborn = 'process.on("SIGTERM", () => {}); setInterval(() => {}, 1000)';
    expect(await node(stubborn, 500)).toMatchObject({ code: null, failure: 'timeout' });
  });

  test('ends what the command started with it, even what ignores the request to end', async () => {
    const stubborn = 'process.on("SIGTERM", () => {}); console.log(process.pid); setInterval(() => {}, 1000)';
    const child = `
      const grandchild = require("child_process").spawn(process.execPath, ["-e", ${JSON.stringify(stubborn)}]);
      grandchild.stdout.once("data", (pid) => console.log(String(pid)));
      setInterval(() => {}, 1000);`;
    const { failure, stdout } = await node(child, 1_000);
    expect(failure).toBe('timeout');
    expect(Number(stdout)).toBeGreaterThan(0);
    await expect.poll(() => isDead(Number(stdout))).toBe(true);
  });

  test('does not throw for a command that is not there', async () => {
    expect(await run('holdfast-no-such-command', [], { timeoutMs: 1_000 })).toMatchObject({
      code: null,
      failure: 'missing',
    });
  });

  test('ends its command, and what that started, when it is asked to end', async () => {
    const parent = startScript(`
      import { run } from ${JSON.stringify(runtimeModule('system/child.mjs'))};
      const grandchild = 'console.log("started"); setInterval(() => {}, 1000)';
      const child = 'require("child_process").spawnSync(process.execPath, ["-e", ' + JSON.stringify(grandchild) + '], { stdio: "inherit" })';
      await run(process.execPath, ['-e', child], { timeoutMs: 60_000, show: true });
      console.log('not reached');`);
    let output = '';
    parent.stdout.on('data', (data) => {
      output += data;
    });
    await printed(parent, 'started');
    const closed = once(parent, 'close');
    parent.kill('SIGTERM');
    // `close` waits for the end of the shared output, hence for both processes below as well.
    expect(await closed).toEqual([143, null]);
    expect(output).toBe('started\n');
  });
});

describe('mustRun', () => {
  test('fails with the end of the output', async () => {
    const args = ['-e', 'console.error("the reason"); process.exit(1)'];
    await expect(mustRun('Compiling', process.execPath, args, { timeoutMs: 10_000 })).rejects.toThrow(
      'Compiling failed.\n  the reason',
    );
  });
});
