import { setTimeout as delay } from 'node:timers/promises';
import { HoldfastError } from '../../shared/errors';
import type { Ms } from '../../shared/model/units';

export interface Following<Found> {
  readonly period: Ms;
  /** What is followed, as in `alerts`; empty if that goes without saying. */
  readonly what: string;
  /** Throws a HoldfastError while Holdfast is away. */
  read(): Promise<Found>;
  /** Prints what is new; true if there is more at once. */
  print(found: Found): boolean;
  /** Tells the user about the following itself. */
  say(text: string): void;
}

/** Reads and prints again and again, over restarts of Holdfast, until the program is interrupted. */
export async function follow<Found>({ period, what, read, print, say }: Following<Found>): Promise<void> {
  const stopping = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stopping.abort());
  const { signal } = stopping;
  let isAway = false;
  say(`following${what === '' ? '' : ` ${what}`}; end it with Ctrl+C`);
  while (!signal.aborted) {
    try {
      const found = await read();
      if (isAway) say('Holdfast is back');
      isAway = false;
      if (print(found)) continue;
    } catch (error) {
      if (!(error instanceof HoldfastError)) throw error;
      if (!isAway) say('Holdfast is gone; waiting for it');
      isAway = true;
    }
    await delay(period, undefined, { signal }).catch(() => {});
  }
}
