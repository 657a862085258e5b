import { isSaid, whatWasSaid } from '../../shared/messages/what-was-said';
import { errorText, withoutServer } from '../../shared/model/server-words';

/**
 * An error of a server as whole sentences, where its name is known: in the language of the window if its catalogue has it, as it
 * was written otherwise.
 */
export function errorWords(error: string): string {
  return whatWasSaid(withoutServer(error)) ?? whatWasSaid(error) ?? errorText(error);
}

/** Whether an error of a server is of no catalogue: somebody else has written it. */
export const isForeignError = (error: string): boolean => !isSaid(withoutServer(error)) && !isSaid(error);
