const SETTING = 'first_run';

export interface FirstRunDeps {
  readonly kept: { get<T>(name: string): T | null; set(name: string, value: unknown): void };
  /** Whether Holdfast knows a client. */
  hasClients(): boolean;
}

/**
 * Whether the first steps are to be shown. Only to somebody who starts with an empty Holdfast: whoever has clients when it
 * starts has taken them already, in whatever way. In that run they stay until they are ended.
 */
export class FirstRun {
  private readonly kept: FirstRunDeps['kept'];
  private readonly startedEmpty: boolean;

  constructor({ kept, hasClients }: FirstRunDeps) {
    this.kept = kept;
    this.startedEmpty = !hasClients();
  }

  isOpen(): boolean {
    return this.startedEmpty && this.kept.get(SETTING) !== 'ended';
  }

  /** For good. */
  end(): void {
    this.kept.set(SETTING, 'ended');
  }
}
