// @ts-check
// Text of the window that is in no message catalogue.
import { parseSync } from 'vite';

/** Attributes and properties that people read or hear. */
const SAID = new Set([
  ...['aria-label', 'aria-description', 'aria-valuetext', 'title', 'placeholder', 'alt'],
  ...['label', 'description', 'hint', 'detail', 'action', 'caption', 'problem'],
]);
/** What is said to developers: `new Error`, `console.error`. */
const FOR_DEVELOPERS = new Set(['Error', 'TypeError', 'console']);
const PRODUCT = /\bHoldfast\b/g;
const LETTER = /\p{L}/u;
/** Two words or more, the first with a capital letter: a sentence, or the beginning of one. */
const SENTENCE = /^\p{Lu}[\p{L}’']*,? \p{L}/u;

/** @typedef {{ type: string, start: number, [key: string]: unknown }} Node */

/**
 * Literals of a module of the window that stand where people read them, each as a human-readable line: text between JSX tags
 * and in attributes that are said, and whatever reads like a sentence. Elements with `translate="no"` are left out.
 *
 * @param {string} file
 * @param {string} text
 * @returns {string[]}
 */
export function englishLiterals(file, text) {
  const { program, errors } = parseSync(file, text);
  if (errors.length > 0) return [`${file}: cannot be read: ${errors[0]?.message}`];
  /** @type {Map<number, string>} */
  const found = new Map();
  const note = (/** @type {Node} */ { start }, /** @type {string} */ literal) => found.set(start, literal.trim());

  /** @param {Node} node @param {boolean} isSaid */
  const visit = (node, isSaid) => {
    if (isForDevelopers(node) || isUntranslatable(node)) return;
    if (node.type === 'ImportDeclaration' || node.type === 'TSLiteralType') return;
    for (const literal of literalsOf(node)) {
      const words = literal.replace(PRODUCT, '');
      if (isSaid || node.type === 'JSXText' ? LETTER.test(words) : SENTENCE.test(literal)) note(node, literal);
    }
    for (const child of childrenOf(node)) visit(child, staysSaid(node, child, isSaid));
  };
  visit(/** @type {Node} */ (/** @type {unknown} */ (program)), false);

  const lineOf = (/** @type {number} */ at) => text.slice(0, at).split('\n').length;
  return [...found].map(([at, literal]) => `${file}:${lineOf(at)}: “${literal}” is in no catalogue`);
}

/** @param {Node} node @returns {string[]} */
function literalsOf({ type, value }) {
  if (type === 'JSXText') return [String(value)];
  if (type === 'Literal') return typeof value === 'string' ? [value] : [];
  if (type === 'TemplateElement') return [String(/** @type {{ cooked: string }} */ (value).cooked)];
  return [];
}

/**
 * Whether what stands in `child` is said: the value of an attribute or property that is, a child of an element, or a branch
 * of an expression that is. Arguments of calls are not.
 *
 * @param {Node} node
 * @param {Node} child
 * @param {boolean} isSaid
 */
function staysSaid(node, child, isSaid) {
  switch (node.type) {
    case 'JSXAttribute':
      return child === node.value && SAID.has(nameOf(node.name));
    case 'Property':
      return child === node.value && child.type === 'Literal' && SAID.has(nameOf(node.key));
    case 'JSXElement':
    case 'JSXFragment':
      return child.type === 'JSXExpressionContainer';
    case 'JSXExpressionContainer':
    case 'TemplateLiteral':
    case 'ParenthesizedExpression':
      return isSaid;
    case 'ConditionalExpression':
      return isSaid && child !== node.test;
    case 'LogicalExpression':
      return isSaid && (child !== node.left || node.operator !== '&&');
    default:
      return false;
  }
}

/** @param {unknown} node */
const nameOf = (node) => {
  const { name, value } = /** @type {{ name?: unknown, value?: unknown }} */ (node ?? {});
  return String(name ?? value ?? '');
};

/** @param {Node} node */
function isForDevelopers({ type, callee }) {
  if (type !== 'NewExpression' && type !== 'CallExpression') return false;
  const { object } = /** @type {{ object?: unknown }} */ (callee ?? {});
  return FOR_DEVELOPERS.has(nameOf(object ?? callee));
}

/** @param {Node} node */
function isUntranslatable({ type, openingElement }) {
  if (type !== 'JSXElement') return false;
  const { attributes } = /** @type {{ attributes: Node[] }} */ (openingElement);
  return attributes.some(({ name, value }) => nameOf(name) === 'translate' && nameOf(value) === 'no');
}

/** @param {Node} node @returns {Node[]} */
const childrenOf = (node) => Object.values(node).flat().filter(isNode);

/** @param {unknown} child @returns {child is Node} */
const isNode = (child) => typeof child === 'object' && child !== null && 'type' in child;
