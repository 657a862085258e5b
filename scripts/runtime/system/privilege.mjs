import { existsSync } from 'node:fs';

/** @returns {boolean} whether this process may do anything on this machine (never on Windows) */
export function isRoot() {
  return process.getuid?.() === 0;
}

/** @returns {boolean} whether packages are installed with apt-get here: Debian, Ubuntu and their kin */
export function isDebian() {
  return existsSync('/etc/debian_version') && existsSync('/usr/bin/apt-get');
}
