import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readCommand, writeCommand } from '#src/renderer/features/servers/form/arguments';
import { readClaudeCommands } from '#src/renderer/features/servers/form/claude-add';
import { readPasted } from '#src/renderer/features/servers/form/paste';

describe('a claude mcp add command line', () => {
  test.each<[string, object]>([
    [
      'claude mcp add files -- npx -y @example/files --root "/home/dev/My Projects"',
      {
        name: 'files',
        entry: { command: 'npx', args: ['-y', '@example/files', '--root', '/home/dev/My Projects'], env: {} },
      },
    ],
    [
      '$ claude mcp add --transport stdio --env KEY=a=b -e TWO=2 THREE=3 air -- npx -y air',
      { name: 'air', entry: { command: 'npx', args: ['-y', 'air'], env: { KEY: 'a=b', TWO: '2', THREE: '3' } } },
    ],
    [
      'claude mcp add -s user -t http docs https://docs.example/mcp --header "Authorization: Bearer x"',
      {
        name: 'docs',
        entry: { type: 'http', url: 'https://docs.example/mcp', headers: { Authorization: 'Bearer x' } },
      },
    ],
    [
      'claude mcp add --transport=sse --header "X-Key: 1" old https://old.example/sse',
      { name: 'old', entry: { type: 'sse', url: 'https://old.example/sse', headers: { 'X-Key': '1' } } },
    ],
    [
      'claude mcp add plain node server.js --port 1',
      { name: 'plain', entry: { command: 'node', args: ['server.js', '--port', '1'] } },
    ],
    [
      'claude mcp add \\\n  --env K=v \\\n  split -- node s.js',
      { name: 'split', entry: { command: 'node', args: ['s.js'], env: { K: 'v' } } },
    ],
    [
      `claude mcp add-json tool '{"command":"npx","args":["x"]}'`,
      { name: 'tool', entry: { command: 'npx', args: ['x'] } },
    ],
  ])('%s', (line, expected) => {
    expect(readClaudeCommands(line)).toEqual([expect.objectContaining({ name: expect.anything() })]);
    expect(readClaudeCommands(line)[0]).toMatchObject(expected);
  });

  test.each([
    '',
    'claude',
    'claude mcp list',
    'claude mcp add',
    'claude mcp add name',
    'npx -y x',
    'claude mcp add-json x {',
    '{"command":"x"}',
  ])('is not %j', (text) => {
    expect(readClaudeCommands(text)).toEqual([]);
  });

  test('fills the form in, and names the others', () => {
    const pasted = readPasted('claude mcp add -e K=v my.files -- npx -y files\nclaude mcp add two -- node b');
    expect(pasted?.others).toEqual(['two']);
    expect(pasted?.fields).toMatchObject({ name: 'my-files', transport: 'stdio', command: 'npx', args: '-y\nfiles' });
    expect(pasted?.fields.env).toEqual([expect.objectContaining({ name: 'K', value: 'v' })]);
  });

  test('has no option by a name that every object inherits', () => {
    const read = readClaudeCommands('claude mcp add constructor node');
    expect(read).toMatchObject([{ name: 'constructor', entry: { command: 'node' } }]);
    expect(readClaudeCommands('claude mcp add-json constructor {}')).toEqual([{ name: 'constructor', entry: {} }]);
  });

  test('of any form is read without an exception', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.string(), fc.constantFrom('--', '-e', 'A=b', '--env=A=b', '-H', 'x: y', '-t', 'http'))),
        (words) => {
          for (const { name } of readClaudeCommands(`claude mcp add ${words.join(' ')}`))
            expect(name).toEqual(expect.any(String));
        },
      ),
    );
  });
});

describe('what is entered as a command', () => {
  test('is split like a line of a terminal; quotes hold a path together', () => {
    expect(readCommand(' npx -y "a b" ')).toEqual({ program: 'npx', args: ['-y', 'a b'] });
    expect(readCommand('"/opt/My App/run" --x')).toEqual({ program: '/opt/My App/run', args: ['--x'] });
    expect(readCommand('C:\\tools\\run.exe')).toEqual({ program: 'C:\\tools\\run.exe', args: [] });
    expect(readCommand('')).toEqual({ program: '', args: [] });
  });

  test('is written so that any program is read back', () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 1 }).filter((program) => !/[\r\n]/.test(program)),
        (program) => {
          expect(readCommand(writeCommand(program))).toEqual({ program, args: [] });
        },
      ),
    );
  });
});
