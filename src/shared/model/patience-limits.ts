/** The shortest and the longest time, in whole seconds, that a client may be said to wait for the answer to a call. */
export const LEAST_PATIENCE_SECONDS = 2;
export const MOST_PATIENCE_SECONDS = 24 * 60 * 60;

/** The number of seconds that a person typed, without space around it; null if it is not a whole number within the limits. */
export function readPatience(text: string): number | null {
  if (!/^\d{1,6}$/.test(text.trim())) return null;
  const seconds = Number(text);
  return seconds >= LEAST_PATIENCE_SECONDS && seconds <= MOST_PATIENCE_SECONDS ? seconds : null;
}
