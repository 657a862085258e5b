/** A value that is created once, on first use. */
export class Lazy<T> {
  private readonly make: () => Promise<T>;
  private made: Promise<T> | null = null;

  constructor(make: () => Promise<T>) {
    this.make = make;
  }

  get(): Promise<T> {
    this.made ??= this.make();
    return this.made;
  }

  /** Runs `work` on the value, unless it was never needed. */
  async ifLoaded(work: (value: T) => Promise<void>): Promise<void> {
    if (this.made) await work(await this.made);
  }
}
