const KEY = 'holdfast.single_keys';

/** Whether shortcuts of one key work; they do unless the user switched them off. */
export function readSingleKeys(storage: Pick<Storage, 'getItem'>): boolean {
  try {
    return storage.getItem(KEY) !== 'off';
  } catch {
    return true;
  }
}

export function keepSingleKeys(storage: Pick<Storage, 'setItem'>, on: boolean): void {
  try {
    storage.setItem(KEY, on ? 'on' : 'off');
  } catch {
    // Storage may be full or blocked: the choice then lasts until the window is closed.
  }
}
