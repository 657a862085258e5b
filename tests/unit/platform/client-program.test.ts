import { describe, expect, test } from 'vitest';
import { bridgeUser, clientProgram, programName } from '#src/main/platform/client-program';
import type { ProcessFacts, ProcessLookup } from '#src/main/platform/ports';

const HOME = '/home/ann';

const facts = (
  pid: number,
  parentPid: number,
  command: string,
  folder: string | null = '/home/ann/shop',
): ProcessFacts => {
  const parts = command.split(' ');
  return { pid, parentPid, command: parts, name: parts[0]?.split('/').at(-1) ?? '', folder, started: `boot:${pid}` };
};

const lookupOf = (...all: ProcessFacts[]): ProcessLookup => ({
  ofPeer: async () => null,
  of: async (pid) => all.find((one) => one.pid === pid) ?? null,
  ended: async () => [],
});

describe('the program of a process', () => {
  test.for([
    ['/usr/local/bin/claude', 'Claude Code'],
    ['claude', 'Claude Code'],
    ['node /usr/lib/node_modules/@anthropic-ai/claude-code/cli.js --resume', 'Claude Code'],
    ['node --max-old-space-size=512 /usr/lib/node_modules/@google/gemini-cli/dist/index.js', 'Gemini CLI'],
    ['/opt/codex/bin/codex exec', 'Codex'],
    ['/Applications/Claude.app/Contents/MacOS/Claude', 'Claude Desktop'],
    ['/usr/share/cursor/cursor --type=utility', 'Cursor'],
    ['/usr/share/code/code --type=utility', 'VS Code'],
    ['node agent.mjs', 'agent'],
    ['python3 /home/ann/shop/src/main.py', 'shop'],
    ['C:\\Program\\claude.exe', 'Claude Code'],
    ['node', 'node'],
  ] as const)('%s is %s', ([command, name]) => {
    expect(programName(facts(1, 0, command))).toBe(name);
  });

  test('is named with the program that started it, past shells and package runners', async () => {
    const terminal = facts(10, 1, 'tmux');
    const shell = facts(11, 10, '/bin/zsh');
    const claude = facts(12, 11, 'claude');
    expect(await clientProgram(lookupOf(terminal, shell, claude), claude, HOME)).toEqual({
      pid: 12,
      started: 'boot:12',
      program: 'Claude Code',
      parent: 'tmux',
      folder: '~/shop',
      bridged: false,
    });
  });

  test('behind a bridge is the one that started the bridge, in the folder of the bridge', async () => {
    const claude = facts(12, 11, 'claude', '/');
    const npx = facts(13, 12, 'node /usr/bin/npm exec mcp-remote');
    const remote = facts(14, 13, 'node /home/ann/.npm/_npx/1/node_modules/.bin/mcp-remote http://127.0.0.1:8181/mcp');
    const lookup = lookupOf(claude, npx, remote);
    const expected = { pid: 12, started: 'boot:12', program: 'Claude Code', folder: '~/shop', bridged: true };
    expect(await clientProgram(lookup, remote, HOME)).toMatchObject(expected);
    expect(await bridgeUser(lookup, facts(15, 12, 'node holdfast.js bridge'), HOME)).toMatchObject(expected);
  });

  test('behind a bridge that nobody owns any more is the bridge', async () => {
    const remote = facts(14, 1, 'node /x/mcp-remote http://127.0.0.1:8181/mcp');
    expect(await clientProgram(lookupOf(remote), remote, HOME)).toMatchObject({ pid: 14, bridged: true, parent: null });
  });

  test.for(['ssh -N host', '/usr/sbin/socat', 'docker-proxy'])(
    '%s passes on what others say, and is nobody',
    async (command) => {
      expect(await clientProgram(lookupOf(), facts(3, 1, command), HOME)).toBeNull();
    },
  );

  test('keeps a folder outside the home folder as it is', async () => {
    const elsewhere = facts(3, 1, 'claude', '/home/anna');
    expect((await clientProgram(lookupOf(elsewhere), elsewhere, HOME))?.folder).toBe('/home/anna');
  });
});
