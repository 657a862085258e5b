/** Names of values that are secrets whatever they look like, without separators and in lower case. */
const SECRET = new RegExp(
  `(?:${[
    'password',
    'passwords',
    'passwd',
    'passphrase',
    'passcode',
    'pwd',
    'secrets?',
    'secret(?:key|value|string|text)',
    'tokens?',
    'tokenvalue',
    'credentials?',
    'cookies?',
    'authorization',
    'jwt',
    'bearer',
    'dsn',
    'connectionstring',
    'signature',
    'mnemonic',
    'seedphrase',
    'otp',
    '(?:api|access|private|auth|encryption|signing|account|client|master|service|ssh|shared|subscription|license|deploy|admin|app|session|storage|webhook)keys?',
    'accesskeyid',
    'keyid',
  ].join('|')})$`,
);
/** Short ones that are the end of many other words, so that they count only alone or after a separator. */
const SECRET_WORD = /(?:^|[_.\s-])(?:pass|pw|pat|auth|pin|sid|cvv|cvc)$/i;
/** The same as the last word of a name in camel case. */
const SECRET_HUMP = /[a-z\d](?:Pass|Pw|Pat|Auth|Pin|Sid|Cvv|Cvc)$/;
/** What is often said of a secret behind its name: `passwordConfirmation`, `user_password_field`, `api_key_prod`. */
const ENDING =
  /(?:[_.\s-]?(?:confirmation|confirm|repeated|repeat|again|new|old|current|field|value|input|prod|production|staging|stage|dev|test|live|default|primary|secondary))+$/i;
/** Words in which the end is no secret: how far a list was read, and what belongs to a message. */
const NO_SECRET =
  /^(?:.*(?:page|progress|sync|continuation|pagination|nextpage|prevpage)tokens?|nexttoken|maxtokens?)$/;
/** Counts of what a model reads are numbers; a list of tokens is not. */
const COUNTED = /(?:tokens|keys|secrets|passwords|cookies|credentials)$/i;

const MAX_NAME = 200;

/**
 * Whether values of this name are secrets in JSON, in a header or in an option, whatever they look like.
 *
 * @param isNumber - the value is a number, which under a name in the plural is a count
 */
export function isSecretName(name: string, isNumber = false): boolean {
  if (name.length > MAX_NAME) return false;
  const named = name.replace(ENDING, '');
  if (isNumber && COUNTED.test(named)) return false;
  const plain = named
    .toLowerCase()
    .replace(/[^a-z0-9]/g, '')
    .replace(/\d{1,3}$/, '');
  if (NO_SECRET.test(plain)) return false;
  return SECRET.test(plain) || SECRET_WORD.test(named) || SECRET_HUMP.test(named);
}
