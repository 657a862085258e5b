import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { describe, expect, test } from 'vitest';
import { inodeIn, LinuxProcesses, statIn } from '#src/main/platform/process-lookup/linux';
import * as mac from '#src/main/platform/process-lookup/macos';
import * as windows from '#src/main/platform/process-lookup/windows';

const CONNECT = `const s = require('node:net').connect(Number(process.argv[1]), '127.0.0.1'); s.resume();`;

describe.runIf(process.platform === 'linux')('on Linux', () => {
  test('the process at the other end of a connection is found, and its end noticed', async () => {
    const lookup = new LinuxProcesses();
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const child = spawn(process.execPath, ['-e', CONNECT, String(port)], { stdio: 'ignore', cwd: '/' });
    const [socket] = await once(server, 'connection');
    const peer = { peerPort: socket.remotePort, ownPort: socket.localPort };
    const found = await lookup.ofPeer(peer);
    expect(found).toMatchObject({ pid: child.pid, parentPid: process.pid, folder: '/' });
    expect(found?.command[1]).toBe('-e');
    // Asked again, it is found among those that connected lately.
    expect(await lookup.ofPeer(peer)).toEqual(found);
    const own = connect(port, '127.0.0.1');
    const [second] = await once(server, 'connection');
    const ofOwn = await lookup.ofPeer({ peerPort: second.remotePort, ownPort: second.localPort });
    expect(ofOwn?.pid).toBe(process.pid);
    if (!found || !ofOwn) throw new Error('unknown');
    const reused = { ...ofOwn, started: found.started };
    expect(await lookup.ended([found, ofOwn, reused])).toEqual([reused]);
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
    expect(await lookup.ended([found, ofOwn])).toEqual([found]);
    expect(await lookup.of(found.pid)).toBeNull();
    own.destroy();
    second.destroy();
    server.close();
  });

  test('looking through all processes takes few turns of the event loop, however slow these are', async () => {
    const lookup = new LinuxProcesses();
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const own = connect(port, '127.0.0.1');
    const [socket] = await once(server, 'connection');
    let turns = 0;
    let isOver = false;
    const turn = () => {
      turns += 1;
      for (const until = performance.now() + 5; performance.now() < until; );
      if (!isOver) setImmediate(turn);
    };
    setImmediate(turn);
    const found = await lookup.ofPeer({ peerPort: socket.remotePort, ownPort: socket.localPort });
    isOver = true;
    expect(found?.pid).toBe(process.pid);
    // A busy machine has ten thousand descriptors, which are read in slices of a thousand.
    expect(turns).toBeLessThan(100);
    own.destroy();
    socket.destroy();
    server.close();
  });

  test('a connection that nobody has is nobody’s', async () => {
    expect(await new LinuxProcesses().ofPeer({ peerPort: 1, ownPort: 2 })).toBeNull();
  });

  test('the table of sockets is read by both ports, the state and the inode', () => {
    const row = (local: string, remote: string, state: string, inode: string) =>
      `   1: ${local} ${remote} ${state} 00000000:00000000 00:00000000 00000000  1000        0 ${inode} 1 0 20 4 30 10 -1`;
    const table = [
      '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode',
      row('0100007F:1FF5', '0100007F:C350', '01', '11'),
      row('0100007F:C350', '0100007F:1FF5', '06', '0'),
      row('0100007F:C350', '0100007F:1FF6', '01', '12'),
      row('0000000000000000FFFF00000100007F:C350', '0000000000000000FFFF00000100007F:1FF5', '01', '13'),
    ].join('\n');
    expect(inodeIn(table, { peerPort: 50_000, ownPort: 8181 })).toBe('13');
    expect(inodeIn(table, { peerPort: 50_001, ownPort: 8181 })).toBeNull();
  });

  test('a name with brackets and spaces does not shift the fields', () => {
    const rest = Array.from({ length: 40 }, (_, i) => i + 4).join(' ');
    expect(statIn(`42 (a) b (c)) S 7 ${rest}`)).toEqual({ name: 'a) b (c)', parentPid: 7, ticks: '21', isOver: false });
    expect(statIn(`42 (gone) Z 7 ${rest}`)?.isOver).toBe(true);
    expect(statIn('')).toBeNull();
  });
});

describe('what macOS prints', () => {
  test('names the owner of the peer’s end', () => {
    const output = 'p77\nf12\nn127.0.0.1:8181->127.0.0.1:50000\np4711\nf9\nn127.0.0.1:50000->127.0.0.1:8181\n';
    expect(mac.ownerIn(output, { peerPort: 50_000, ownPort: 8181 })).toBe(4711);
    expect(mac.ownerIn('', { peerPort: 50_000, ownPort: 8181 })).toBeNull();
  });

  test('lists processes with their start', () => {
    const output = ' 4711     1 Tue Nov  3 09:07:05 2026     /Applications/Claude.app/Contents/MacOS/Claude\n';
    expect(mac.processesIn(output)).toEqual([
      { pid: 4711, parentPid: 1, started: 'Tue Nov 3 09:07:05 2026', name: 'Claude' },
    ]);
  });
});

describe('what Windows prints', () => {
  test('lists processes with their start and command line', () => {
    const row = { ProcessId: 4711, ParentProcessId: 8, Name: 'node.exe', Started: '638' };
    const CommandLine = '"C:\\Program Files\\nodejs\\node.exe" agent.mjs';
    expect(windows.processesIn(JSON.stringify([{ ...row, CommandLine }]))).toEqual([
      {
        pid: 4711,
        parentPid: 8,
        name: 'node',
        started: '638',
        command: ['C:\\Program Files\\nodejs\\node.exe', 'agent.mjs'],
        folder: null,
      },
    ]);
    expect(windows.processesIn('')).toEqual([]);
  });
});
