/**
 * Puts a text on the clipboard.
 *
 * @returns whether that worked; false if neither way was allowed
 */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyBySelection(text);
  }
}

/** The older way, for where clipboard permission is denied, such as in a page that is not a secure context. */
function copyBySelection(text: string): boolean {
  const area = document.createElement('textarea');
  area.value = text;
  area.readOnly = true;
  area.className = 'fixed top-0 start-0 opacity-0';
  const focused = document.activeElement;
  // A modal dialog keeps focus inside itself, so the text has to be selected in there.
  const place = focused?.closest('[role="dialog"],[role="alertdialog"]') ?? document.body;
  place.append(area);
  area.select();
  try {
    return document.execCommand('copy');
  } finally {
    area.remove();
    if (focused instanceof HTMLElement) focused.focus();
  }
}
