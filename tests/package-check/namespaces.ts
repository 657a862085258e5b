import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { findCommand } from '../../scripts/runtime/files/paths.mjs';

/** Why this machine cannot run a bare Debian inside itself, as a sentence; undefined when it can. */
export function whyNoDebian(): string | undefined {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return 'They need root, on Linux.';
  const missing = ['mmdebstrap', 'unshare', 'dpkg-deb'].filter((name) => !findCommand([name]));
  if (missing.length > 0) return `They need ${missing.join(', ')} (Debian: apt install ${missing.join(' ')}).`;
  if (!existsSync('/etc/apt/sources.list.d/debian.sources')) return 'They need a Debian with debian.sources.';
  const { status } = spawnSync('unshare', ['--mount', '--pid', '--fork', 'true'], { timeout: 10_000 });
  return status === 0 ? undefined : 'This machine refuses namespaces.';
}
