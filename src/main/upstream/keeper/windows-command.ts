import { existsSync } from 'node:fs';
import { win32 } from 'node:path';
import { HoldfastError } from '../../../shared/errors';
import { said } from '../../../shared/messages/said';

/** The command that is passed to the system in place of the configured one. */
export interface Executable {
  readonly command: string;
  readonly args: readonly string[];
  /** Whether the arguments are already quoted for cmd.exe and must not be quoted again. */
  readonly verbatim: boolean;
}

/**
 * Windows cannot start `.cmd` and `.bat` files directly, and most package manager commands (`npx`) are such files. They
 * are passed to cmd.exe with every special character escaped. Other commands are returned unchanged.
 * @param env - environment of the process to start
 * @throws HoldfastError `server_unavailable` when an argument cannot be passed to cmd.exe because of a line break
 */
export function windowsCommand(
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  isFile: (path: string) => boolean = existsSync,
): Executable {
  const value = (name: string) => Object.entries(env).find(([key]) => key.toUpperCase() === name)?.[1] ?? '';
  const file = find(command, value('PATH'), value('PATHEXT') || '.COM;.EXE;.BAT;.CMD', isFile);
  if (file === null || !/\.(cmd|bat)$/i.test(file)) return { command, args, verbatim: false };
  if (args.some((arg) => /[\r\n]/.test(arg))) {
    throw new HoldfastError('server_unavailable', said('said.command.batch', { command }));
  }
  const line = [escapeMeta(win32.normalize(file)), ...args.map(escapeArgument)].join(' ');
  return { command: value('COMSPEC') || 'cmd.exe', args: ['/d', '/s', '/c', `"${line}"`], verbatim: true };
}

function find(command: string, path: string, extensions: string, isFile: (path: string) => boolean): string | null {
  const isPath = /[\\/]/.test(command);
  const folders = isPath ? [''] : path.split(';').filter((folder) => folder !== '');
  // A name with an extension is first tried as it is.
  const endings = [...(win32.extname(command) === '' ? [] : ['']), ...extensions.split(';')];
  for (const folder of folders) {
    for (const ending of endings) {
      const file = folder === '' ? `${command}${ending}` : win32.join(folder, `${command}${ending}`);
      if (isFile(file)) return file;
    }
  }
  return null;
}

const escapeMeta = (text: string): string => text.replace(/[()\][%!^"`<>&|;, *?]/g, '^$&');

/** Quotes an argument for the program, doubling backslashes before quotes, then escapes the result for cmd.exe. */
function escapeArgument(argument: string): string {
  const quoted = argument.replace(/(\\*)"/g, '$1$1\\"').replace(/(\\+)$/, '$1$1');
  return escapeMeta(`"${quoted}"`);
}
