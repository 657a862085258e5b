/** What the command's exit code says, whichever subcommand ran. */
export const EXIT = {
  ok: 0,
  /** It was done and found something wrong, or it failed. */
  notWell: 1,
  wrongUsage: 2,
  notRunning: 3,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
