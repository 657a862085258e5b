import { useEffect } from 'react';
import { COMMAND_PICKED } from '../../shared/contract/preload';
import { COMMANDS, type CommandId, isCommandId } from '../../shared/model/commands';
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
    const onMessage = ({ data, source }: MessageEvent<unknown>) => {
      if (source !== window || typeof data !== 'string' || !data.startsWith(COMMAND_PICKED)) return;
      const id = data.slice(COMMAND_PICKED.length);
      if (isCommandId(id) && !document.querySelector(QUESTION)) runCommand(id, store.getState());
    };
    window.addEventListener('keydown', onKeyDown);
    window.addEventListener('message', onMessage);
    return () => {
      window.removeEventListener('keydown', onKeyDown);
      window.removeEventListener('message', onMessage);
    };
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
