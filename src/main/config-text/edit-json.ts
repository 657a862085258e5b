import {
  applyEdits,
  createScanner,
  type FormattingOptions,
  findNodeAtLocation,
  type JSONPath,
  modify,
  type Node,
  parseTree,
} from 'jsonc-parser';

/*
 * These functions edit the text of a JSON file and touch only what they change: formatting, comments and other keys stay
 * as they were written.
 */

/**
 * Sets a value, creating what is missing around it.
 * @param text - parses as JSON with comments and trailing commas, and holds an object
 * @param index - position of a new property among its siblings; last when left out
 */
export function setJson(text: string, path: JSONPath, value: unknown, index?: number): string {
  const root = rootOf(text);
  const parent = findNodeAtLocation(root, path.slice(0, -1));
  if (!parent) return setJson(text, path.slice(0, -1), { [String(path.at(-1))]: value }, index);
  const siblings = parent.type === 'object' ? (parent.children ?? []) : [];
  if (siblings.length > 0 && !findNodeAtLocation(root, path)) {
    return insert(text, siblings, [String(path.at(-1)), value], index ?? siblings.length);
  }
  if (parent.type === 'object' && siblings.length === 0) return insertFirst(text, parent, [String(path.at(-1)), value]);
  return applyEdits(text, modify(text, path, value, { formattingOptions: { ...formattingOf(text), keepLines: true } }));
}

/**
 * Inserts a property among its siblings, on its own line if they have theirs. jsonc-parser's own insertion reformats the
 * neighbours and moves a comment that follows the last comma.
 */
function insert(text: string, siblings: readonly Node[], [key, value]: [string, unknown], index: number): string {
  const [first] = siblings as [Node, ...Node[]];
  const { unit, eol } = formattingOf(text);
  const indent = /(?:^|\n)([ \t]*)$/.exec(text.slice(0, first.offset))?.[1] ?? null;
  const shown =
    indent === null ? JSON.stringify(value) : JSON.stringify(value, null, unit).replaceAll('\n', eol + indent);
  const property = `${JSON.stringify(key)}: ${shown}`;
  const gap = indent === null ? ' ' : eol + indent;
  const previous = siblings[Math.min(index, siblings.length) - 1];
  if (!previous) return `${text.slice(0, first.offset)}${property},${gap}${text.slice(first.offset)}`;
  const end = previous.offset + previous.length;
  const comma = tokenAfter(text, end, ',');
  const after = comma === null ? end : comma + 1;
  const place = after + (indent === null ? 0 : commentBehind(text, after));
  const before = comma === null ? `${text.slice(0, end)},${text.slice(end, place)}` : text.slice(0, place);
  return `${before}${gap}${property}${comma === null ? '' : ','}${text.slice(place)}`;
}

/** Inserts the only property of an object, behind the comments that may be in it. */
function insertFirst(text: string, parent: Node, [key, value]: [string, unknown]): string {
  const { unit, eol } = formattingOf(text);
  const end = parent.offset + parent.length - 1;
  const inside = text.slice(parent.offset + 1, end).trimEnd();
  const lineStart = text.lastIndexOf('\n', parent.offset) + 1;
  const indent = /^[ \t]*/.exec(text.slice(lineStart))?.[0] ?? '';
  const shown = JSON.stringify(value, null, unit).replaceAll('\n', eol + indent + unit);
  const property = `${eol}${indent}${unit}${JSON.stringify(key)}: ${shown}${eol}${indent}`;
  return text.slice(0, parent.offset + 1) + inside + property + text.slice(end);
}

/** Length of the rest of this line if it is blank or a comment; 0 if anything else follows. */
const commentBehind = (text: string, offset: number): number =>
  /^[ \t]*(?:\/\/[^\r\n]*|\/\*[^\r\n]*?\*\/)?[ \t]*(?=\r?\n|$)/.exec(text.slice(offset))?.[0].length ?? 0;

/** Whether there is a value at a path. */
export const hasJson = (text: string, path: JSONPath): boolean => findNodeAtLocation(rootOf(text), path) !== undefined;

/**
 * Removes a property, its comma and the lines it would leave empty. jsonc-parser's own removal leaves a stray comma if the
 * last property has a trailing one.
 */
export function removeJson(text: string, path: JSONPath): string {
  const property = findNodeAtLocation(rootOf(text), path)?.parent;
  if (!property) return text;
  const propertyEnd = property.offset + property.length;
  const comma = tokenAfter(text, propertyEnd, ',');
  const before = text.slice(0, property.offset);
  // If nothing else shares its lines, they go too, along with a comment at the end.
  const isAlone = /(?:^|\n)[ \t]*$/.test(before);
  let end = comma === null ? propertyEnd : comma + 1;
  const endsLine = /^(?:[^\S\r\n]|\/\/[^\r\n]*|\/\*[^\r\n]*?\*\/)*(?=\r?\n|$)/.test(text.slice(end));
  if (isAlone && endsLine) end += commentBehind(text, end);
  const start = isAlone && endsLine ? before.replace(/\r?\n?[ \t]*$/, '').length : property.offset;
  if (comma !== null) return text.slice(0, start) + text.slice(end);
  const siblings = property.parent?.children ?? [];
  const previous = siblings[siblings.indexOf(property) - 1];
  const left = previous ? tokenAfter(text, previous.offset + previous.length, ',') : null;
  if (left === null) return text.slice(0, start) + text.slice(end);
  return text.slice(0, left) + text.slice(left + 1, Math.max(start, left + 1)) + text.slice(end);
}

/** Offset of the next token, comments skipped, if it is `token`; otherwise null. */
function tokenAfter(text: string, offset: number, token: string): number | null {
  const scanner = createScanner(text, true);
  scanner.setPosition(offset);
  scanner.scan();
  const at = scanner.getTokenOffset();
  return text.startsWith(token, at) ? at : null;
}

/** The tree of a text that parses. */
export const rootOf = (text: string) => {
  const root = parseTree(text, [], { allowTrailingComma: true });
  if (!root) throw new Error('only text that parses can be edited');
  return root;
};

/** The indentation and line ends that the file uses. */
function formattingOf(text: string): FormattingOptions & { unit: string; eol: string } {
  const unit = /^([ \t]+)\S/m.exec(text)?.[1] ?? '  ';
  const isTabs = unit.startsWith('\t');
  const eol = text.includes('\r\n') ? '\r\n' : '\n';
  return { unit, insertSpaces: !isTabs, tabSize: isTabs ? 1 : unit.length, eol };
}
