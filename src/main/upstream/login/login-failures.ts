import { RequestFailed } from '../../http-client/failures';

/** A request that was not sent because nobody has logged in to its server. */
export class LoginNeeded extends RequestFailed {
  constructor(message: string) {
    super(message, { taken: false, passing: false });
    this.name = 'LoginNeeded';
  }
}

/** Why a login cannot be made, as a sentence for a person that says what to do. */
export class LoginImpossible extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'LoginImpossible';
  }
}

export const OF_ANOTHER_SERVER =
  'The client id of the entry belongs to another authorization server than the one that the server names now. Log out and in again if the server has moved.';

/** In characters. What servers say about a failure is quoted up to this length. */
const MAX_QUOTE = 200;

/** Text of somebody else, in one line and not too long. */
export const quoted = (text: string): string => `"${text.replace(/\s+/g, ' ').trim().slice(0, MAX_QUOTE)}"`;
