// @ts-check
// Sentences of the main process that the window shows, and cannot say in its language.
import { parseSync } from 'vite';

/**
 * Where sentences go elsewhere: to a terminal, to a client over REST or MCP, or to somebody whose Holdfast does not start. Those
 * stay English.
 */
const ELSEWHERE = [
  'src/main/cli/',
  'src/main/endpoint/',
  'src/main/store/lifecycle/',
  'src/main/store/migrations/',
  'src/main/store/events/stream-store.ts',
  'src/main/alerts/webhook.ts',
  'src/main/platform/data-folder.ts',
  'src/main/settings.ts',
];
/** Errors whose texts people read in the window, and which of their arguments it is. */
const ERRORS = new Map([
  ['HoldfastError', 1],
  ['RequestFailed', 0],
  ['LoginImpossible', 0],
  ['LoginNeeded', 0],
  ['ManifestRefused', 0],
  ['Failure', 0],
  ['NotRun', 0],
]);
/** What the window is sent beside data. */
const FIELDS = new Set(['problem', 'sentence', 'remark', 'note', 'remedy', 'detail', 'done', 'reason']);
/** Stands for a value in a text that is made of parts. */
const VALUE = '…';
const WORDS = /\p{L} [\p{L}…]|… \p{L}/u;

/** @typedef {{ type: string, start: number, [key: string]: unknown }} Node */

/**
 * Literals of a module of the main process that stand where the window shows them and are in no catalogue, each as a
 * human-readable line.
 *
 * @param {string} file
 * @param {string} text
 * @returns {string[]}
 */
export function unsaidSentences(file, text) {
  if (!file.startsWith('src/main/') || !file.endsWith('.ts')) return [];
  if (ELSEWHERE.some((path) => file.startsWith(path))) return [];
  const { program, errors } = parseSync(file, text);
  if (errors.length > 0) return [`${file}: cannot be read: ${errors[0]?.message}`];
  /** @type {string[]} */
  const found = [];
  const visit = (/** @type {Node} */ node) => {
    for (const literal of literalsIn(shownPart(node))) {
      const line = text.slice(0, node.start).split('\n').length;
      found.push(`${file}:${line}: “${literal}” is in no catalogue: say it with said()`);
    }
    for (const child of childrenOf(node)) visit(child);
  };
  visit(/** @type {Node} */ (/** @type {unknown} */ (program)));
  return found;
}

/** The part of a node that people read; undefined if none is. @param {Node} node */
function shownPart(node) {
  if (node.type === 'NewExpression') {
    const index = ERRORS.get(nameOf(node.callee));
    return index === undefined ? undefined : /** @type {Node[]} */ (node.arguments)[index];
  }
  if (node.type !== 'Property' || !FIELDS.has(nameOf(node.key))) return undefined;
  return /** @type {Node} */ (node.value);
}

/** Texts of two words or more that the value may be, or may have in it. @param {Node | undefined} node @returns {string[]} */
function literalsIn(node) {
  switch (node?.type) {
    case 'Literal':
      return typeof node.value === 'string' && WORDS.test(node.value) ? [node.value] : [];
    case 'TemplateLiteral': {
      const quasis = /** @type {{ value: { cooked: string } }[]} */ (node.quasis);
      const whole = quasis.map(({ value }) => value.cooked).join(VALUE);
      return WORDS.test(whole) ? [whole] : [];
    }
    case 'ConditionalExpression':
      return [node.consequent, node.alternate].flatMap((one) => literalsIn(/** @type {Node} */ (one)));
    case 'LogicalExpression':
    case 'BinaryExpression':
      return [node.left, node.right].flatMap((one) => literalsIn(/** @type {Node} */ (one)));
    default:
      return [];
  }
}

/** @param {unknown} node */
const nameOf = (node) => String(/** @type {{ name?: unknown } | undefined} */ (node)?.name ?? '');

/** @param {Node} node @returns {Node[]} */
const childrenOf = (node) => Object.values(node).flat().filter(isNode);

/** @param {unknown} child @returns {child is Node} */
const isNode = (child) => typeof child === 'object' && child !== null && 'type' in child;
