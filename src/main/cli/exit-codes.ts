/** Exit codes, the same for every subcommand. */
export const EXIT = {
  ok: 0,
  /** The subcommand found something wrong, or failed. */
  notWell: 1,
  wrongUsage: 2,
  notRunning: 3,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
