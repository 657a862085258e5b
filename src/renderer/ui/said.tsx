import type { MessageId } from '../../shared/messages/en';
import { translationOf, type Values } from '../../shared/messages/language';

export interface SaidProps {
  /** A sentence of the main process. */
  text: string;
  /** The texts of the catalogue that it may be. */
  ids: readonly MessageId[];
  values?: Values;
}

/** A sentence of the main process, in the language of the window if its catalogue has it. */
export function Said({ text, ids, values }: SaidProps) {
  const own = translationOf(text, ids, values);
  return own === null ? <span translate="no">{text}</span> : <span>{own}</span>;
}
