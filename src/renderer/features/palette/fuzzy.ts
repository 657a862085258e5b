/** What is longer is cut before it is compared. */
const MOST_QUERY = 60;
const MOST_TEXT = 160;

const AT_START = 8;
const AT_WORD = 6;
const IN_A_ROW = 5;
const LETTER = 1;
const GAP = 3;

/** Whether no letter and no digit is before this place of a text in lower case; beyond ASCII everything counts as a letter. */
function isWordStart(text: string, index: number): boolean {
  const code = text.charCodeAt(index - 1);
  const isLetter = (code >= 97 && code <= 122) || (code >= 48 && code <= 57) || code > 127;
  return index === 0 || !isLetter;
}

/**
 * How well a query matches a text: each of its words, in whatever order, must be in the text side by side, or be put together from
 * beginnings of the text's words, as "dc" and "discur" are of "Disconnect Cursor". Letters in a row, at the start of words and at
 * the start of the text count most; of two equal matches the shorter text is the better one. Upper and lower case are the same.
 *
 * @param reference - an id, found by its beginning alone: somewhere in its letters there is almost every short word
 * @returns null if it does not match; an empty query matches everything alike
 */
export function matchScore(query: string, text: string, reference = ''): number | null {
  // Lower case may be longer.
  const lower = text.slice(0, MOST_TEXT).toLowerCase().slice(0, MOST_TEXT);
  const words = query.slice(0, MOST_QUERY).toLowerCase().split(/\s+/).filter(Boolean);
  let score = 0;
  for (const word of words) {
    const isReference = reference.toLowerCase().startsWith(word);
    const found = isReference ? AT_WORD + word.length * LETTER + (word.length - 1) * IN_A_ROW : wordScore(word, lower);
    if (found === null) return null;
    score += found;
  }
  return words.length === 0 ? 0 : score - lower.length / MOST_TEXT;
}

/** Scores by place in the text, one row for each of two letters that follow each other; used again, as thousands are compared. */
let row = new Float64Array(MOST_TEXT);
let next = new Float64Array(MOST_TEXT);

/** The better score of the two ways of finding a word; null if it is found in neither. */
function wordScore(word: string, text: string): number | null {
  if (!isWithin(word, text)) return null;
  const inOne = text.includes(word) ? word.length * LETTER + (word.length - 1) * IN_A_ROW : Number.NEGATIVE_INFINITY;
  const best = Math.max(inOne, scoreOfBeginnings(word, text));
  return best === Number.NEGATIVE_INFINITY ? null : best;
}

/** The best score over all ways of putting a word together from beginnings of words; -Infinity if there is none. */
function scoreOfBeginnings(word: string, text: string): number {
  let best = Number.NEGATIVE_INFINITY;
  for (let letter = 0; letter < word.length; letter++) {
    // Best score with the letters before at any place further to the left than the one beside it.
    let apart = letter === 0 ? 0 : Number.NEGATIVE_INFINITY;
    best = Number.NEGATIVE_INFINITY;
    for (let index = 0; index < text.length; index++) {
      const beside = letter === 0 || index === 0 ? Number.NEGATIVE_INFINITY : (row[index - 1] ?? 0);
      let score = Number.NEGATIVE_INFINITY;
      if (text.charCodeAt(index) === word.charCodeAt(letter)) {
        const isStart = isWordStart(text, index);
        const place = index === 0 ? AT_START : isStart ? AT_WORD : LETTER;
        const jumped = isStart ? apart - (letter === 0 ? 0 : GAP) : Number.NEGATIVE_INFINITY;
        score = place + Math.max(jumped, beside + IN_A_ROW);
      }
      next[index] = score;
      if (score > best) best = score;
      if (letter > 0 && beside > apart) apart = beside;
    }
    [row, next] = [next, row];
  }
  return best;
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
