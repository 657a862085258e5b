import type { MenuItemConstructorOptions } from 'electron';
import type { Say } from '../../shared/messages/language';

/** What Chromium knows of the place that was clicked. */
export interface ClickedPlace {
  readonly isEditable: boolean;
  readonly selectionText: string;
  readonly editFlags: {
    readonly canCut: boolean;
    readonly canCopy: boolean;
    readonly canPaste: boolean;
    readonly canSelectAll: boolean;
  };
}

/** The context menu of a text field, or of selected text; empty anywhere else, where there is nothing to do. */
export function contextItems(
  { isEditable, selectionText, editFlags }: ClickedPlace,
  say: Say,
): MenuItemConstructorOptions[] {
  const copy = { role: 'copy', label: say('desktop.edit.copy'), enabled: editFlags.canCopy } as const;
  if (!isEditable) return selectionText.trim() === '' ? [] : [copy];
  return [
    { role: 'cut', label: say('desktop.edit.cut'), enabled: editFlags.canCut },
    copy,
    { role: 'paste', label: say('desktop.edit.paste'), enabled: editFlags.canPaste },
    { type: 'separator' },
    { role: 'selectAll', label: say('desktop.edit.all'), enabled: editFlags.canSelectAll },
  ];
}
