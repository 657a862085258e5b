import { existsSync } from 'node:fs';
import { win32 } from 'node:path';
import { HoldfastError } from '../../../shared/errors';

/** What is handed to the system in place of a configured command. */
export interface Executable {
  readonly command: string;
  readonly args: readonly string[];
  /** The arguments are written for cmd.exe and must not be quoted again. */
  readonly verbatim: boolean;
}

/**
 * Windows starts no `.cmd` or `.bat` file by itself, and most commands of package managers (`npx`) are such files: they are
 * given to cmd.exe with every character escaped that means something to it. Everything else stays as it is.
 * @param env - of the process that is to be started
 * @throws HoldfastError `server_unavailable` for an argument that cmd.exe cannot be given
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
    throw new HoldfastError(
      'server_unavailable',
      `"${command}" is a batch file and takes no line breaks in arguments.`,
    );
  }
  const line = [escapeMeta(win32.normalize(file)), ...args.map(escapeArgument)].join(' ');
  return { command: value('COMSPEC') || 'cmd.exe', args: ['/d', '/s', '/c', `"${line}"`], verbatim: true };
}

function find(command: string, path: string, extensions: string, isFile: (path: string) => boolean): string | null {
  const isPath = /[\\/]/.test(command);
  const folders = isPath ? [''] : path.split(';').filter((folder) => folder !== '');
  // A name that has an extension is taken as it is first.
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

/** In quotes for the program that reads it, with backslashes before quotes doubled; then for cmd.exe. */
function escapeArgument(argument: string): string {
  const quoted = argument.replace(/(\\*)"/g, '$1$1\\"').replace(/(\\+)$/, '$1$1');
  return escapeMeta(`"${quoted}"`);
}
