/** Milliseconds; as an instant: since the Unix epoch, UTC. Every time and duration in Holdfast is one. */
export type Ms = number;

export const SECOND: Ms = 1_000;
export const MINUTE: Ms = 60 * SECOND;
export const HOUR: Ms = 60 * MINUTE;
export const DAY: Ms = 24 * HOUR;
