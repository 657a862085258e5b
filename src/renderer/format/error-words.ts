import type { MessageId } from '../../shared/messages/en';
import { t } from '../../shared/messages/language';
import { errorText } from '../../shared/model/server-words';

/** How the main process says why a server failed, for what happens most; with names as in the text of the catalogue. */
const FORMS: readonly (readonly [MessageId, RegExp])[] = [
  ['said.server.ended', /^Ended with code (?<code>-?\d+)\.$/],
  ['said.server.killed', /^Was killed by (?<signal>SIG[A-Z0-9]+)\.$/],
  ['said.server.no_command', /^The command "(?<command>[^"]*)" was not found\. Install it, or give its full path\.$/],
  ['said.server.no_host', /^(?<host>\S+) could not be found\. Check the address or your network\.$/],
  ['said.server.refused', /^(?<host>\S+) refuses connections: nothing listens there\.$/],
  ['said.server.no_answer', /^Did not answer (?<method>\S+) in time\.$/],
];

/**
 * An error of a server as whole sentences, where its name is known: in the language of the window if that has words for it, as it
 * was written otherwise.
 */
export function errorWords(error: string): string {
  const text = errorText(error);
  for (const [id, form] of FORMS) {
    const found = form.exec(text);
    if (found) return t(id, found.groups);
  }
  return text;
}
