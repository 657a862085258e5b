/** Characters of a text that are looked at. */
const LONGEST_TEXT = 4_000;
/** Scripts that put no spaces between words. */
const UNSPACED = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}]/u;
const WORD = /[\p{L}\p{M}\p{N}]+/gu;

let segmenter: Intl.Segmenter | null = null;

/**
 * The words of a text or a name, in their basic forms: `create_issue`, `createIssue` and `creating issues` are the same words.
 * A name in one piece is a word as well, so that "github" finds what says "GitHub".
 */
export function wordsOf(text: string): string[] {
  const plain = text
    .slice(0, LONGEST_TEXT)
    .normalize('NFKD')
    .replace(/[\u0300-\u036f]/g, '');
  return (plain.normalize('NFKC').match(WORD) ?? []).flatMap((run) => {
    if (UNSPACED.test(run)) return segments(run);
    const parts = run
      .replace(/(\p{Ll}|\p{N})(\p{Lu})/gu, '$1 $2')
      .replace(/(\p{Lu})(\p{Lu}\p{Ll})/gu, '$1 $2')
      .split(' ');
    return (parts.length > 1 ? [...parts, run] : parts).map((part) => stemOf(part.toLowerCase()));
  });
}

function segments(run: string): string[] {
  segmenter ??= new Intl.Segmenter(undefined, { granularity: 'word' });
  return [...segmenter.segment(run.toLowerCase())].filter((one) => one.isWordLike).map(({ segment }) => segment);
}

/**
 * An English word without the endings that tools and questions differ in: plural, -ing, -ed, and a last e. Not Porter's whole
 * algorithm, as names of tools are verbs and nouns.
 */
function stemOf(word: string): string {
  if (word.length < 4 || !/^[a-z]+$/.test(word)) return word;
  const single = word
    .replace(/ies$/, 'y')
    .replace(/(?<=s|x|z|ch|sh)es$/, '')
    .replace(/(?<![sui])s$/, '');
  const bare = single.replace(/(?<=[a-z]{3})(?:ing|ed)$/, '').replace(/([b-df-hj-kmnp-rtv-y])\1$/, '$1');
  return bare.length > 4 ? bare.replace(/e$/, '') : bare;
}
