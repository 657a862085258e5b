import { describe, expect, test } from 'vitest';
import { windowsCommand } from '#src/main/upstream/keeper/windows-command';

const env = { Path: 'C:\\Windows;C:\\Program Files\\nodejs', ComSpec: 'C:\\Windows\\cmd.exe' };
const files = new Set(['C:\\Program Files\\nodejs\\npx.CMD', 'C:\\Windows\\where.EXE', 'D:\\own\\start.BAT']);
const run = (command: string, ...args: string[]) => windowsCommand(command, args, env, (path) => files.has(path));

describe('a command on Windows', () => {
  test('that is a program, or is not found, stays as it is', () => {
    expect(run('where', 'a b')).toEqual({ command: 'where', args: ['a b'], verbatim: false });
    expect(run('missing', '&')).toEqual({ command: 'missing', args: ['&'], verbatim: false });
  });

  test('that is a batch file is given to cmd.exe, with nothing in it that cmd.exe would act on', () => {
    expect(run('npx', '-y', 'a b', '100%', 'x&calc', 'say "hi"\\')).toEqual({
      command: 'C:\\Windows\\cmd.exe',
      args: [
        ...['/d', '/s', '/c'],
        '"C:\\Program^ Files\\nodejs\\npx.CMD ^"-y^" ^"a^ b^" ^"100^%^" ^"x^&calc^" ^"say^ \\^"hi\\^"\\\\^""',
      ],
      verbatim: true,
    });
  });

  test('may be a path', () => {
    expect(run('D:\\own\\start').args.at(-1)).toBe('"D:\\own\\start.BAT"');
  });

  test('that is a batch file cannot take line breaks', () => {
    expect(() => run('npx', 'a\nb')).toThrow('takes no line breaks in arguments');
  });
});
