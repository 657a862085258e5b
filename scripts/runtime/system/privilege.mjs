import { existsSync } from 'node:fs';

/** @returns {boolean} whether this process runs as root (never on Windows) */
export function isRoot() {
  return process.getuid?.() === 0;
}

/** @returns {boolean} whether this machine installs packages with apt-get, as Debian, Ubuntu and the like do */
export function isDebian() {
  return existsSync('/etc/debian_version') && existsSync('/usr/bin/apt-get');
}
