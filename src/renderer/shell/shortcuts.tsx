import { useEffect } from 'react';
import { COMMANDS, type CommandId } from '../../shared/model/commands';
import { isPress, isSingleKey } from '../../shared/model/keys';
import { KeySheet } from '../features/palette/key-sheet';
import { Palette } from '../features/palette/palette';
import { useHoldfastStore } from '../store/use-holdfast';
import { isApp, isMac } from './host';
import { runCommand } from './run-command';

/** Where keys are text, or choose from a list: no single key is a command there. */
const TYPING =
  'input:not([type="checkbox"], [type="radio"], [type="button"]), textarea, select, [contenteditable], [role="menu"], [role="listbox"]';
/** A question to the user: commands wait until it is answered. */
const QUESTION = '[data-dialog], [role="alertdialog"]';

/** Listens for the keys of all commands, and shows the palette and the list of keys. */
export function Shortcuts() {
  const store = useHoldfastStore();
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.isComposing || document.querySelector(QUESTION)) return;
      const id = commandOf(event, store.getState().singleKeys);
      if (id !== null && runCommand(id, store.getState())) event.preventDefault();
    };
    window.addEventListener('keydown', onKeyDown);
    return () => window.removeEventListener('keydown', onKeyDown);
  }, [store]);
  return (
    <>
      <Palette />
      <KeySheet />
    </>
  );
}

function commandOf(event: KeyboardEvent, singleKeys: boolean): CommandId | null {
  const mac = isMac();
  const isTyping = event.target instanceof Element && event.target.closest(TYPING) !== null;
  const pressed = (keys: string) =>
    isPress(keys, event, mac) && (!isSingleKey(keys) || (singleKeys && !isTyping && !event.repeat));
  return COMMANDS.find(({ keys, appOnly }) => (!appOnly || isApp()) && keys?.some(pressed))?.id ?? null;
}
