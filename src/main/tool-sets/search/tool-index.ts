import MiniSearch from 'minisearch';
import { likeWords, tellingWords } from './like-words';
import { wordsOf } from './words';

/** Tools that are looked through; further ones are not found. */
const MOST_TOOLS = 5_000;
/** Tools that are put into an index at once, which takes 8 ms. */
const AT_ONCE = 100;
/** How much a field says about what a tool is for. */
const BOOST = { name: 3, title: 2, server: 2, description: 1, parameters: 0.5 };
/** How much another word for the same counts. */
const LIKE = 0.3;
/** From these lengths on, a word is also taken for the beginning of another, and for a slip of the pen. */
const PREFIX_FROM = 3;
const SLIP_FROM = 5;
/** What counts less than this share of the best one has a word in common with the question by accident. */
const LEAST_SHARE = 0.1;

/** What is known of a tool to find it by. */
export interface SearchableTool {
  /** The client's name for it, which is returned. */
  readonly name: string;
  readonly server: string;
  /** The server's own name for it. */
  readonly own: string;
  readonly title: string;
  readonly description: string;
  /** Names of its arguments. */
  readonly parameters: readonly string[];
}

/**
 * Finds tools by what is wanted of them (BM25): by their names, titles, descriptions, servers and arguments, whatever the
 * spelling (`createIssue`, `create_issue`), by beginnings of words, and with small slips of the pen.
 */
export class ToolIndex {
  private readonly index: MiniSearch;
  private readonly tools: readonly SearchableTool[];

  private constructor(tools: readonly SearchableTool[]) {
    this.tools = tools;
    this.index = new MiniSearch({ fields: Object.keys(BOOST), tokenize: wordsOf, processTerm: (word) => word });
  }

  /** Makes the index of a list bit by bit: a thousand tools take about 80 ms, and nothing waits longer than for a hundred. */
  static async of(tools: readonly SearchableTool[]): Promise<ToolIndex> {
    const made = new ToolIndex(tools.slice(0, MOST_TOOLS));
    const documents = made.tools.map(({ server, own, title, description, parameters }, id) => {
      return { id, name: own, title, server, description, parameters: parameters.join(' ') };
    });
    await made.index.addAllAsync(documents, { chunkSize: AT_ONCE });
    return made;
  }

  /** The names of the tools that fit best, best first; one that is named exactly comes before all. */
  find(query: string, limit: number): string[] {
    const words = tellingWords(query);
    const terms = [...words, ...likeWords(words)];
    const isAsked = (at: number) => at < words.length;
    const found = this.index.search(query, {
      boost: BOOST,
      tokenize: () => terms,
      boostTerm: (_, at) => (isAsked(at) ? 1 : LIKE),
      prefix: (term, at) => isAsked(at) && term.length >= PREFIX_FROM,
      fuzzy: (term, at) => (isAsked(at) && term.length >= SLIP_FROM ? 0.2 : false),
    });
    const least = (found[0]?.score ?? 0) * LEAST_SHARE;
    const ranked = found.filter(({ score }) => score >= least).flatMap(({ id }) => this.tools[id as number] ?? []);
    const named = this.tools.filter(({ name, own }) => [name, own].includes(query.trim()));
    return [...new Set([...named, ...ranked].map(({ name }) => name))].slice(0, limit);
  }
}
