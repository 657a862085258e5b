/** Values that outlive a restart, by name: what the desktop reads and writes of the settings. */
export interface KeptValues {
  /** What was set last, of whatever shape an earlier version wrote; null if nothing was. */
  get<T>(name: string): T | null;
  /** @throws Error when nothing can be saved */
  set(name: string, value: unknown): void;
}
