/** Whether the keyboard has a command key. */
export const isMac = (): boolean => /Mac/.test(navigator.platform);

/** Whether this is Holdfast's own window, not a page in a browser. */
export const isApp = (): boolean => 'holdfast' in window;
