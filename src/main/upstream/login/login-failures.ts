import { type Sentence, said } from '../../../shared/messages/said';
import { RequestFailed } from '../../http-client/failures';

/** A request that was not sent because nobody has logged in to its server. */
export class LoginNeeded extends RequestFailed {
  constructor(message: Sentence) {
    super(message, { taken: false, passing: false });
    this.name = 'LoginNeeded';
  }
}

/** Why a login cannot be made, as a sentence for a person that says what to do. */
export class LoginImpossible extends Error {
  constructor(message: Sentence, options?: ErrorOptions) {
    super(message, options);
    this.name = 'LoginImpossible';
  }
}

export const OF_ANOTHER_SERVER = said('said.login.other_server');

/** In characters. What servers say about a failure is quoted up to this length. */
const MAX_QUOTE = 200;

/** Text of somebody else, in one line and not too long. */
export const quoted = (text: string): string => `"${text.replace(/\s+/g, ' ').trim().slice(0, MAX_QUOTE)}"`;
