import { withoutHome } from '../../../shared/model/home-path';
import { maskSecrets } from '../../../shared/model/mask-secrets';
import { HIDDEN } from '../../../shared/model/secret-values';

/** How a text is cleaned. */
export type CleanText = (text: string) => string;

/** Names and methods come again and again; so many texts of this length are cleaned once. */
const REMEMBERED = 5_000;
const SHORT = 200;

/**
 * Cleans texts for whoever reads a bundle elsewhere: known secrets first, then what looks like one, then the home folder.
 *
 * @param withoutKnown - removes the secrets that are known
 */
export function textCleaner(withoutKnown: CleanText, home: string): CleanText {
  const known = new Map<string, string>();
  return (text) => {
    const before = known.get(text);
    if (before !== undefined) return before;
    const cleaned = withoutHome(maskSecrets(withoutKnown(text)), home);
    if (text.length <= SHORT && known.size < REMEMBERED) known.set(text, cleaned);
    return cleaned;
  };
}

/** Under such a name, a text is a secret, whatever it looks like. */
const SECRET_NAME = /(?:^|_)(?:key|token|secret|password|passphrase|credential|cookie|authorization)$/i;

/**
 * A value of JSON in which every text is clean. It is cleaned before it is written as JSON: there, a quote or a line break in a
 * secret looks different.
 */
export function cleanJson(value: unknown, clean: CleanText): unknown {
  if (typeof value === 'string') return clean(value);
  if (typeof value === 'number') return clean(String(value)) === String(value) ? value : HIDDEN;
  if (Array.isArray(value)) return value.map((one) => cleanJson(one, clean));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, one]) => [
      clean(name),
      typeof one === 'string' && one !== '' && SECRET_NAME.test(name) ? HIDDEN : cleanJson(one, clean),
    ]),
  );
}
