/** Milliseconds; for an instant, since the Unix epoch, UTC. The unit of every time and duration in Holdfast. */
export type Ms = number;

export const SECOND: Ms = 1_000;
export const MINUTE: Ms = 60 * SECOND;
export const HOUR: Ms = 60 * MINUTE;
export const DAY: Ms = 24 * HOUR;

/** Bytes. Limits are set in it; what there is is shown in MB. */
export const MIB = 1024 * 1024;
