import type { Ms } from '../../shared/model/units';

/** A download has its bytes by then; the address would keep them for as long as the page lives. */
const TAKEN: Ms = 60_000;

/**
 * Offers a file to be saved: the browser saves it as it saves any download, and Electron asks where. Whether it was saved
 * nobody here learns.
 */
export function saveFile(name: string, file: Blob): void {
  const address = URL.createObjectURL(file);
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  // Firefox follows no link that is not in the page.
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(address), TAKEN);
}
