import { keepsNumbersOf, parseExactly } from './exact-json';

/** A content block of a result (MCP 2025-11-25, tools, tool result), as it is shown. */
export type Block =
  | { readonly kind: 'text'; readonly text: string; readonly value: unknown }
  | { readonly kind: 'image' | 'audio'; readonly type: string; readonly url: string; readonly bytes: number }
  /** Cut off, or of a kind that is not shown. */
  | { readonly kind: 'media'; readonly type: string; readonly bytes: number | null }
  | { readonly kind: 'link'; readonly uri: string; readonly name: string | null }
  | { readonly kind: 'resource'; readonly uri: string; readonly inner: Block }
  | { readonly kind: 'other'; readonly value: unknown };

/** What is drawn; nothing in them runs. SVG is no picture here, it can hold scripts and addresses. */
const IMAGES: ReadonlySet<string> = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp']);
const SOUNDS: ReadonlySet<string> = new Set([
  'audio/wav',
  'audio/x-wav',
  'audio/mpeg',
  'audio/mp3',
  'audio/ogg',
  'audio/flac',
]);
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const textIn = (value: unknown): string => (typeof value === 'string' ? value : '');

/** The blocks of a result; null if it has none. */
export function blocksOf(result: unknown): Block[] | null {
  if (!isObject(result)) return null;
  if (Array.isArray(result.content)) return result.content.map(blockOf);
  // Of resources/read.
  if (Array.isArray(result.contents)) return result.contents.map((one) => resourceOf(one));
  return null;
}

function blockOf(block: unknown): Block {
  if (!isObject(block)) return { kind: 'other', value: block };
  const { type } = block;
  if (type === 'text' && typeof block.text === 'string') return textOf(block.text);
  if (type === 'image' || type === 'audio') return mediaOf(textIn(block.mimeType), textIn(block.data));
  if (type === 'resource_link') {
    return { kind: 'link', uri: textIn(block.uri), name: typeof block.name === 'string' ? block.name : null };
  }
  if (type === 'resource') return resourceOf(block.resource);
  return { kind: 'other', value: block };
}

function resourceOf(resource: unknown): Block {
  if (!isObject(resource)) return { kind: 'other', value: resource };
  const uri = textIn(resource.uri);
  if (typeof resource.text === 'string') return { kind: 'resource', uri, inner: textOf(resource.text) };
  if (typeof resource.blob === 'string') {
    return { kind: 'resource', uri, inner: mediaOf(textIn(resource.mimeType), resource.blob) };
  }
  return { kind: 'other', value: resource };
}

function textOf(text: string): Block {
  try {
    const value: unknown = /^\s*[{[]/.test(text) ? parseExactly(text) : undefined;
    const isExact = keepsNumbersOf(text);
    return { kind: 'text', text, value: isExact ? value : undefined };
  } catch {
    return { kind: 'text', text, value: undefined };
  }
}

function mediaOf(type: string, data: string): Block {
  const plain = type.toLowerCase().split(';', 1)[0]?.trim() ?? '';
  if (!BASE64.test(data)) return { kind: 'media', type: plain, bytes: null };
  const bytes = Math.floor((data.replace(/=+$/, '').length * 3) / 4);
  const kind = IMAGES.has(plain) ? 'image' : SOUNDS.has(plain) ? 'audio' : null;
  if (kind === null) return { kind: 'media', type: plain, bytes };
  return { kind, type: plain, url: `data:${plain};base64,${data}`, bytes };
}
