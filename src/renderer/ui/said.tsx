import { whatWasSaid } from '../../shared/messages/what-was-said';
import { showInvisible } from '../../shared/visible-text';

/** A sentence of the main process, in the language of the window if its catalogue has it. */
export function Said({ text, className }: { text: string; className?: string }) {
  const own = whatWasSaid(text);
  return (
    <span translate={own === null ? 'no' : undefined} className={className}>
      {showInvisible(own ?? text)}
    </span>
  );
}
