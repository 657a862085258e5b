import { originOf } from './origin';

/** No export is larger; more would be a page that fills the disk. */
const MOST_BYTES = 512 * 1024 * 1024;
const BLOB = 'blob:';

/** Whether what is to be downloaded are bytes that the window's own page made, and not too many. */
export const isOwnFile = (url: string, bytes: number, origin: string): boolean =>
  url.startsWith(BLOB) && originOf(url.slice(BLOB.length)) === origin && bytes <= MOST_BYTES;
