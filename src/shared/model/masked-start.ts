import { HIDDEN } from './secret-values';

/** Nothing that is longer, in characters, is taken for one secret at the end of what is kept of a text. */
export const MARGIN = 8 * 1024;

/**
 * The first characters of what is left of a text without secrets. They are looked for beyond what is kept, as one may begin there:
 * cut first, and what is left of it looks like none.
 * @param most - characters of the result
 * @param mask - takes secrets out of a text
 */
export function maskedStart(text: string, most: number, mask: (text: string) => string): string {
  const looked = text.slice(0, most + MARGIN);
  const masked = mask(looked);
  const sound = looked === text ? masked : masked.slice(0, Math.max(0, masked.length - MARGIN)) || HIDDEN;
  return sound.slice(0, most);
}
