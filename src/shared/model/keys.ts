import { t } from '../messages/language';

/** The parts of a keyboard event that decide which key combination it is. */
export interface KeyPress {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
  readonly shiftKey: boolean;
}

interface Combination {
  readonly key: string;
  readonly command: boolean;
}

/** `CmdOrCtrl+` before a key; the key itself may be a plus sign. */
const COMMAND = 'CmdOrCtrl+';

const parse = (keys: string): Combination =>
  keys.startsWith(COMMAND) ? { key: keys.slice(COMMAND.length), command: true } : { key: keys, command: false };

/** Whether it is a single character, which people type when they do not mean a command. */
export const isSingleKey = (keys: string): boolean => !parse(keys).command && parse(keys).key.length === 1;

/**
 * Whether a key press is a combination as the list of commands writes it: `CmdOrCtrl+K`, `?`. Shift does not count for signs,
 * as it depends on the keyboard whether they need it.
 */
export function isPress(keys: string, press: KeyPress, isMac: boolean): boolean {
  const { key, command } = parse(keys);
  const [wanted, other] = isMac ? [press.metaKey, press.ctrlKey] : [press.ctrlKey, press.metaKey];
  if (wanted !== command || other || press.altKey) return false;
  if (/^[A-Z]$/i.test(key) && press.shiftKey) return false;
  return press.key.toLowerCase() === key.toLowerCase();
}

/** How a combination is written on the user's keyboard: `Ctrl+K`, on a Mac `⌘K`. */
export function keyWords(keys: string, isMac: boolean): string {
  const { key, command } = parse(keys);
  if (!command) return key;
  return t(isMac ? 'keys.command.mac' : 'keys.command', { key });
}
