import { type Sentence, said } from '../../../shared/messages/said';
import { RequestFailed } from '../../http-client/failures';

/** Longer addresses are refused by most servers. In characters. */
const MAX_LENGTH = 8_192;

/**
 * The address for messages that an `endpoint` event names, absolute or relative to that of the stream. A user and
 * password in the latter's address go along.
 * @throws RequestFailed when it is no address, or of another origin: the headers of the entry must not go there
 */
export function endpointIn(data: string, stream: string): string {
  const text = data.trim();
  if (text === '' || text.length > MAX_LENGTH || !URL.canParse(text, stream)) {
    throw unusable(said('said.sse.no_address'));
  }
  const base = new URL(stream);
  const endpoint = new URL(text, base);
  if (endpoint.origin !== base.origin) {
    throw unusable(said('said.sse.elsewhere', { where: `${endpoint.protocol}//${endpoint.host}` }));
  }
  endpoint.username = base.username;
  endpoint.password = base.password;
  return endpoint.href;
}

const unusable = (message: Sentence) => new RequestFailed(message, { taken: false, passing: false });
