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
    throw unusable('named no usable address for messages in its endpoint event');
  }
  const base = new URL(stream);
  const endpoint = new URL(text, base);
  if (endpoint.origin !== base.origin) {
    throw unusable(
      `wants its messages at ${endpoint.protocol}//${endpoint.host}, where the headers of its entry must not go; put the address under which it knows itself into the entry`,
    );
  }
  endpoint.username = base.username;
  endpoint.password = base.password;
  return endpoint.href;
}

const unusable = (message: string) => new RequestFailed(message, { taken: false, passing: false });
