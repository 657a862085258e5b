import { wordsOf } from './words';

/** Words that say nothing of what is wanted. */
const EMPTY = new Set(
  (
    'a an the this that these those of to in on at by for from with and or as is are be it its i me my we our you your ' +
    'how do does did will can could would should has have was were there want need please what which some any tool tools'
  )
    .split(' ')
    .flatMap(wordsOf),
);

/** What tools are named by, and what people say for it. Each line is one meaning. */
const ALIKE = [
  'create add new make insert',
  'delete remove erase drop',
  'list show get read fetch view display',
  'update edit change modify',
  'search find query lookup look',
  'send post',
  'run execute',
  'stop cancel kill abort',
  'folder directory dir',
  'repository repo',
  'issue ticket bug',
  'email mail',
  'image picture photo screenshot',
  'database db',
  'document doc',
  'event appointment meeting',
  'website webpage url page',
].map((line) => line.split(' ').flatMap(wordsOf));

const OTHERS: ReadonlyMap<string, readonly string[]> = new Map([
  ...ALIKE.flatMap((group) => group.map((word) => [word, group.filter((other) => other !== word)] as const)),
  ['pr', wordsOf('pull request')] as const,
]);

/** The words of a question that say something; all of them if none does. */
export function tellingWords(query: string): string[] {
  const words = [...new Set(wordsOf(query))];
  const telling = words.filter((word) => !EMPTY.has(word));
  return telling.length > 0 ? telling : words;
}

/** Other words for the same, besides these. */
export const likeWords = (words: readonly string[]): string[] => [
  ...new Set(words.flatMap((word) => OTHERS.get(word) ?? []).filter((word) => !words.includes(word))),
];
