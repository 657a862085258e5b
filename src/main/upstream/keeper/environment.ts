const POSIX = ['HOME', 'LANG', 'LC_ALL', 'LC_CTYPE', 'LOGNAME', 'PATH', 'SHELL', 'TERM', 'TMPDIR', 'TZ', 'USER'];
const WINDOWS = [
  ...['APPDATA', 'COMSPEC', 'HOMEDRIVE', 'HOMEPATH', 'LOCALAPPDATA', 'PATH', 'PATHEXT', 'PROCESSOR_ARCHITECTURE'],
  ...['PROGRAMFILES', 'SYSTEMDRIVE', 'SYSTEMROOT', 'TEMP', 'USERNAME', 'USERPROFILE', 'WINDIR'],
];

/** Environment variable that identifies a left-over process as one of ours. */
export const CHILD_MARK = 'HOLDFAST_CHILD';

/**
 * The environment of the keeper and the base of each server's: only what programs need to find their way around.
 * Nothing else is passed on, since this process's environment may hold secrets.
 */
export function minimalEnvironment(from: NodeJS.ProcessEnv = process.env): Record<string, string> {
  const names = process.platform === 'win32' ? WINDOWS : POSIX;
  return Object.fromEntries(
    names.flatMap((name): [string, string][] => {
      const value = from[name];
      // Exported shell functions are code, not values.
      return value === undefined || value.startsWith('()') ? [] : [[name, value]];
    }),
  );
}
