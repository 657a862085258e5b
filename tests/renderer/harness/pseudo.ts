import { EN } from '#src/shared/messages/en';
import type { Catalogue } from '#src/shared/messages/language';

/** A language in which every text of the catalogue stands in marks; what stands outside them is not in the catalogue. */
export const PSEUDO = Object.fromEntries(Object.entries(EN).map(([id, text]) => [id, `⟦${text}⟧`])) as Catalogue;

/** The same from right to left: each text begins and ends in that direction. */
export const PSEUDO_RTL = Object.fromEntries(
  Object.entries(EN).map(([id, text]) => [id, `\u200f${text}\u200f`]),
) as Catalogue;

/** Writes dates, which are in no catalogue, without a Latin letter. */
export const PSEUDO_LOCALE = 'ja';
