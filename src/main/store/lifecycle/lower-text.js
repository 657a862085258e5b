// Plain JavaScript, because the worker that reads many rows runs it both from the sources and from the build.

/**
 * Makes `lower_text` known to a connection: a text in lower case as JavaScript has it, which is how what is looked for was
 * lowered. SQLite's own `lower` leaves every letter outside of ASCII as it is, and `LIKE` compares such letters exactly.
 *
 * @param {import('better-sqlite3').Database} db
 */
export function teachLowerText(db) {
  db.function(
    'lower_text',
    { deterministic: true },
    (/** @type {string | null} */ text) => text?.toLowerCase() ?? null,
  );
}
