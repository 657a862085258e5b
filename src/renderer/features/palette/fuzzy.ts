/** What is longer is cut before it is compared. */
const MOST_QUERY = 60;
const MOST_TEXT = 160;

const AT_START = 8;
const AT_WORD = 6;
const IN_A_ROW = 5;
const LETTER = 1;
const MOST_GAP = 3;

const isWordStart = (text: string, index: number): boolean =>
  index === 0 || !/[\p{L}\p{N}]/u.test(text.charAt(index - 1));

/**
 * How well a query matches a text: each of its words, in whatever order, must be in the text letter by letter, in that order but
 * not necessarily side by side. Letters in a row, at the start of words and at the start of the text count most; of two equal
 * matches the shorter text is the better one. Upper and lower case are the same.
 *
 * @returns null if it does not match; an empty query matches everything alike
 */
export function matchScore(query: string, text: string): number | null {
  const lower = text.slice(0, MOST_TEXT).toLowerCase();
  const words = query.slice(0, MOST_QUERY).toLowerCase().split(/\s+/).filter(Boolean);
  let score = 0;
  for (const word of words) {
    const found = wordScore(word, lower);
    if (found === null) return null;
    score += found;
  }
  return words.length === 0 ? 0 : score - lower.length / MOST_TEXT;
}

/** The best score over all ways of finding the letters of a word. */
function wordScore(word: string, text: string): number | null {
  if (!isWithin(word, text)) return null;
  // Best score with the letters so far when the last of them is at this place of the text.
  let row: number[] = [];
  for (let letter = 0; letter < word.length; letter++) {
    const next: number[] = [];
    let bestBefore = letter === 0 ? 0 : Number.NEGATIVE_INFINITY;
    for (let index = 0; index < text.length; index++) {
      const beside = row[index - 1] ?? Number.NEGATIVE_INFINITY;
      if (text[index] === word[letter]) {
        const place = index === 0 ? AT_START : isWordStart(text, index) ? AT_WORD : LETTER;
        const apart = letter === 0 ? bestBefore : bestBefore - MOST_GAP;
        next[index] = place + Math.max(apart, beside + IN_A_ROW);
      } else next[index] = Number.NEGATIVE_INFINITY;
      if (letter > 0) bestBefore = Math.max(bestBefore, beside);
    }
    row = next;
  }
  return Math.max(...row);
}

/** A quick look, since most texts do not match. */
function isWithin(word: string, text: string): boolean {
  let from = 0;
  for (const letter of word) {
    const index = text.indexOf(letter, from);
    if (index < 0) return false;
    from = index + letter.length;
  }
  return true;
}
