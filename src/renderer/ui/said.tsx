import { isSaid, whatWasSaid } from '../../shared/messages/what-was-said';
import { showInvisible } from '../../shared/visible-text';

/** A sentence of the main process, in the language of the window if its catalogue has it. */
export function Said({ text, className }: { text: string; className?: string }) {
  return (
    <span translate={isSaid(text) ? undefined : 'no'} className={className}>
      {showInvisible(whatWasSaid(text) ?? text)}
    </span>
  );
}
