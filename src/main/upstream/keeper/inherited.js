import { closeSync, fstatSync, readdirSync, readlinkSync, realpathSync } from 'node:fs';

/**
 * Closes what the program that started this one left open by accident, on Linux: Chromium does not mark all of its descriptors
 * as not to be inherited. A keeper that held them would keep the window's sockets and the locks of its storage for as long as
 * it lives. Called before this process has opened anything itself: Node has neither sockets nor files of the data folder then,
 * so whatever is one was inherited; pipes, event descriptors and the runtime's own files are left alone. On macOS and Windows
 * processes are started in a way that passes on only what was asked for.
 *
 * @param {string} folder data folder
 */
export function closeInherited(folder) {
  if (process.platform !== 'linux') return;
  const inside = `${realpathSync(folder)}/`;
  for (const name of readdirSync('/proc/self/fd')) {
    const descriptor = Number(name);
    if (descriptor <= 2) continue;
    try {
      const isSocket = fstatSync(descriptor).isSocket();
      if (isSocket || (fstatSync(descriptor).isFile() && readlinkSync(`/proc/self/fd/${name}`).startsWith(inside))) {
        closeSync(descriptor);
      }
    } catch {
      // The one that read the folder is closed by now.
    }
  }
}
