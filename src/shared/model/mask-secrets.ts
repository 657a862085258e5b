import { HIDDEN } from './secret-values';

/**
 * Marks of tokens of well-known services, each as it begins: GitHub, GitLab, Slack, Stripe, OpenAI and Anthropic, Google, npm
 * and others, and the keys of Holdfast itself.
 */
const MARKS = [
  'hf[am]?_',
  'gh[pousr]_',
  'github_pat_',
  'gl(?:pat|ptt|dt|rt|cbt|ft|soat|oas|imt|agent)-',
  'xox[a-z](?:\\.xox[a-z])?-',
  'xapp-',
  'sk-',
  '[spr]k_(?:live|test)_',
  'whsec_',
  'ya29\\.',
  'AIza',
  'GOCSPX-',
  '1//0',
  'npm_',
  'pypi-',
  'rubygems_',
  'dckr_pat_',
  'do[opr]_v1_',
  'SG\\.',
  'shp(?:at|ca|pa|ss)_',
  'lin_api_',
  'ntn_',
  'glsa_',
  'sbp_',
  'PMAK-',
  'figd_',
  'pat-(?:na|eu)1-',
  'ATATT3',
  'AGE-SECRET-KEY-1',
].join('|');

/**
 * Each with the part to keep as its first group. Every repetition before something that has to follow is bounded, so that no
 * text takes long. What is written as an escape in front of a mark, as in `\\nghp_`, is no part of a word.
 */
const SECRETS: readonly RegExp[] = [
  new RegExp(`((?<![A-Za-z0-9])|(?<=\\\\[nrtbf]))(?:${MARKS})[\\w.~+/=-]{8,}`, 'g'),
  // Access keys of AWS (IAM user guide, unique identifiers).
  /((?<![A-Za-z0-9])|(?<=\\[nrtbf]))(?:AKIA|ASIA|AROA|AIDA|AGPA|ANPA)[A-Z0-9]{12,}/g,
  // Where Slack and Discord take messages from anybody who knows the address.
  /(hooks\.slack\.com\/(?:services|workflows|triggers)\/)[\w/-]+/g,
  /(discord(?:app)?\.com\/api\/(?:v\d{1,3}\/)?webhooks\/\d{1,30}\/)[\w-]+/g,
  // Reconnect tokens and other JWTs, whole or cut off.
  /((?<![A-Za-z0-9])|(?<=\\[nrtbf]))eyJ[\w-]{8,}(?:\.[\w-]*){0,4}/g,
  /(\b(?:Bearer|Basic|Token)\s{1,20})[^\s"',;\\]{8,}/gi,
  /()-----BEGIN [A-Z ]{1,60}-----[\s\S]*?(?:-----END [A-Z ]{1,60}-----|$)/g,
  // A password may hold an "@" itself.
  /(\b[a-z][a-z0-9+.-]{0,30}:\/\/[^\s/?#@:"']{0,200}:)[^\s/?#"']+(?=@)/gi,
  /([?&#;](?:[\w-]{0,60}(?:key|token|secret|password|passwd|pwd|code|ticket|state|signature|sig|credential|jwt))=)[^&#\s"'\\]+/gi,
  /(["']?\b[\w-]{0,60}(?:key|token|secret|password|passwd|passphrase|credential|cookie|authorization)\\{0,3}["']?\s{0,20}(?:=>|:=|={1,3}|:)\s{0,20}\\{0,3}["']?)[^\s"',;}\]\\]{6,}/gi,
  // What stands quoted after such a name, up to the end of the quotation, which escaped quotes do not end.
  /((?:key|token|secret|password|passwd|passphrase|credential|cookie|authorization)["']?\s{0,20}(?:=>|:=|={1,3}|:)\s{0,20}(["']))(?=[^"']{0,200}\\)(?:\\.|(?!\2)[^\\\r\n])+/gi,
  /(\b)[0-9a-f]{32,}\b/gi,
];
/** Long and random, and not one of Holdfast's ids, which begin with one or two letters and a line. It may end a sentence. */
const RANDOM =
  /(?<![\w/.-])(?![a-z]{1,2}_)(?=[\w-]*[A-Z])(?=[\w-]*[a-z])(?=[\w-]*\d)[A-Za-z0-9_-]{24,}(?![\w/-]|\.[\w/])/g;

/**
 * A text of any origin without what looks like a key, a token or a password, and without the secrets that are known. A last
 * line of defence for what leaves the machine: whoever writes the log keeps secrets out of it already.
 *
 * @param known - secrets to be removed wherever they stand, whatever they look like
 */
export function maskSecrets(text: string, known: readonly string[] = []): string {
  const without = known
    .filter((secret) => secret !== '')
    .reduce((safe, secret) => safe.replaceAll(secret, HIDDEN), text);
  return SECRETS.reduce((safe, pattern) => safe.replace(pattern, `$1${HIDDEN}`), without).replace(RANDOM, HIDDEN);
}
