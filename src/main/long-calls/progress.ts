/** What `notifications/progress` tells, without its token (MCP 2025-11-25, progress). */
export interface Progress {
  readonly progress: number;
  readonly total?: number;
  readonly message?: string;
}
