import { HIDDEN } from '../../shared/model/secret-values';

/** Of values that need not be secrets, shorter ones are words. In characters, as the next. */
export const SHORTEST_WORD = 8;
/** Shorter values stand in too many words. */
const SHORTEST = 4;
/** What stands before a token in a header. */
const SCHEME = /^(?:bearer|basic|token|digest|apikey)\s+(.+)$/i;
/** Most shapes that are looked for. */
const MOST = 5_000;

/**
 * What finds secrets, and the parts that they have between spaces, in every shape in which they may be written: as they are,
 * in addresses, in JSON and in base64. Null if there is nothing to find.
 *
 * @param values - what matters most first: there is a bound
 */
export function secretsPattern(values: readonly string[]): RegExp | null {
  const pieces = values.flatMap((value) => [
    value,
    ...(SCHEME.exec(value)?.slice(1) ?? []),
    ...value.split(/[\s;,]+/).filter((piece) => piece.length >= SHORTEST_WORD),
  ]);
  const shapes = pieces.filter((value) => value.length >= SHORTEST && !HIDDEN.includes(value)).flatMap(shapesOf);
  // Longest first: hiding a secret inside another would leave the rest of the longer one.
  const all = [...new Set(shapes)].slice(0, MOST).sort((a, b) => b.length - a.length);
  if (all.length === 0) return null;
  return new RegExp(all.map((value) => value.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&')).join('|'), 'g');
}

/** A value as it stands in texts, in addresses, in JSON and in base64. */
function shapesOf(value: string): string[] {
  const bytes = Buffer.from(value);
  // Half a character has no place in an address.
  const url = encodeURIComponent(bytes.toString());
  const json = JSON.stringify(value).slice(1, -1);
  return [value, url, url.replaceAll('%20', '+'), json, ...base64Of(bytes)];
}

/** In base64, what does not depend on what stands before and after it. */
function base64Of(bytes: Buffer): string[] {
  if (bytes.length < 8) return [];
  return [0, 1, 2].flatMap((shift) => {
    const text = Buffer.concat([Buffer.alloc(shift), bytes]).toString('base64');
    const inner = text.slice(Math.ceil((shift * 8) / 6), Math.floor(((shift + bytes.length) * 8) / 6));
    return [inner, inner.replaceAll('+', '-').replaceAll('/', '_')];
  });
}
