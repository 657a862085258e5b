import { closeSync, fstatSync, readdirSync, readlinkSync, realpathSync } from 'node:fs';

/**
 * On Linux, closes descriptors that the parent process passed on by accident: Chromium does not mark all of its
 * descriptors close-on-exec. A keeper that held them would keep the window's sockets and the locks of its storage for
 * as long as it lives. Call this before the process opens anything itself. Node then has no sockets and no files of the
 * data folder open, so any such descriptor was inherited; pipes, event descriptors and the runtime's own files stay
 * open. On macOS and Windows a new process inherits only what it should.
 *
 * @param {string} folder - the data folder
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
      // The descriptor used to list the folder is closed by now.
    }
  }
}
