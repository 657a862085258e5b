const POSIX = ['HOME', 'LANG', 'LC_ALL', 'LC_CTYPE', 'LOGNAME', 'PATH', 'SHELL', 'TERM', 'TMPDIR', 'TZ', 'USER'];
const WINDOWS = [
  ...['APPDATA', 'COMSPEC', 'HOMEDRIVE', 'HOMEPATH', 'LOCALAPPDATA', 'PATH', 'PATHEXT', 'PROCESSOR_ARCHITECTURE'],
  ...['PROGRAMFILES', 'SYSTEMDRIVE', 'SYSTEMROOT', 'TEMP', 'USERNAME', 'USERPROFILE', 'WINDIR'],
];

/** Name of the variable by which a process that is left over is recognized as one of ours. */
export const CHILD_MARK = 'HOLDFAST_CHILD';

/**
 * The environment of the keeper and of servers: what programs need to find themselves around, nothing else of ours, since
 * secrets of this process are none of theirs.
 */
export function minimalEnvironment(from: NodeJS.ProcessEnv = process.env): Record<string, string> {
  const names = process.platform === 'win32' ? WINDOWS : POSIX;
  return Object.fromEntries(
    names.flatMap((name): [string, string][] => {
      const value = from[name];
      // Shell functions that are exported are code, not values.
      return value === undefined || value.startsWith('()') ? [] : [[name, value]];
    }),
  );
}
