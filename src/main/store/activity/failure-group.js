import { createHash } from 'node:crypto';

// Plain JavaScript, because the worker that reads many rows runs it both from the sources and from the build.

const LONGEST = 200;
/** From the most special to the most general: what one has replaced, the next leaves alone. */
const VARYING = /** @type {const} */ ([
  [/\b([a-z][a-z0-9+.-]*:\/\/[^\s/?#"'<>]+)[/?#][^\s"'<>)]*/gi, '$1/<path>'],
  [/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/gi, '<id>'],
  [/\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d)?(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)?/g, '<time>'],
  [/(?<![\w/.<:])(?:~|\.{1,2})?(?:\/[\w.@%+~-]+){2,}\/?/g, '<path>'],
  [/\b[a-z]:\\[^\s"'<>|]*/gi, '<path>'],
  [/\b0x[0-9a-f]+\b/gi, '<id>'],
  [/\b(?=[0-9a-f]*\d)(?=[0-9a-f]*[a-f])[0-9a-f]{6,}\b/gi, '<id>'],
  [/(?<![\w.-])(?=[\w-]*\d)(?=[\w-]*[A-Za-z])[\w-]{16,}(?![\w-])/g, '<id>'],
  [/\b[a-z]{1,3}_[\w-]{8,}/g, '<id>'],
  [/(?<![A-Za-z_])\d+(?:[.,:]\d+)*/g, '#'],
]);

/**
 * An error's text without what differs from one call to the next: `Timed out after # ms`. Numbers become `#`, ids and
 * hexadecimal digits `<id>`, paths `<path>`, times `<time>`. At most 200 characters; the pattern of a pattern is itself.
 *
 * @param {string} error
 * @returns {string}
 */
export function errorPattern(error) {
  let text = error
    .slice(0, 2 * LONGEST)
    .replace(/\s+/g, ' ')
    .trim();
  for (const [varying, word] of VARYING) text = text.replace(varying, word);
  return text.slice(0, LONGEST);
}

/**
 * Which failures are the same: an id of twelve digits, made of what failed, where, and how.
 *
 * @param {string | null} server
 * @param {string} method
 * @param {string | null} name
 * @param {string} outcome
 * @param {number | null} code
 * @param {string | null} error
 * @returns {string}
 */
export function failureGroup(server, method, name, outcome, code, error) {
  const what = [server, method, name, outcome, code, error === null ? null : errorPattern(error)];
  return createHash('sha256').update(JSON.stringify(what)).digest('hex').slice(0, 12);
}

/**
 * Makes `failure_group` known to a connection.
 *
 * @param {import('better-sqlite3').Database} db
 */
export function teachFailureGroup(db) {
  db.function('failure_group', { deterministic: true }, failureGroup);
}
