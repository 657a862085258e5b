/** Buttons and notes that every view uses. */
export const UI = {
  'ui.cancel': 'Cancel',
  'ui.close': 'Close',
  'ui.done': 'Done',
  'ui.save': 'Save',
  'ui.discard': 'Discard your changes?',
  'ui.discard_do': 'Discard',
  'ui.undo': 'Undo',
  'ui.dismiss': 'Dismiss',
  'ui.try_again': 'Try again',
  'ui.show_older': 'Show older',
  'ui.copy': 'Copy',
  'ui.copied': 'Copied',
  'ui.copy_by_hand': 'Select it and press {keys}',
  'ui.defect': 'Something went wrong inside the window. Reload it and try again.',
  'ui.latency': 'Latest call took {latest}, the slowest of {count, number} took {slowest}',
} as const;
