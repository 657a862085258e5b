import { MARGIN } from '../../../shared/model/masked-start';
import { HIDDEN } from '../../../shared/model/secret-values';
import { isContainer, numberTexts, parseExact } from '../../mcp/exact-json';
import { type KnownMask, maskText } from './mask-text';
import { isMedia } from './media';
import { isSecretName } from './secret-names';

/** JSON within texts of JSON within texts: how often it is opened. */
const MAX_OPENED = 3;
/** Nobody nests deeper by intention. */
const MAX_DEPTH = 200;
/** Most of a message that is looked at for what is kept of it, in characters. A longer text is not opened either. */
const MAX_WORK = 1024 * 1024;
const ELLIPSIS = '…';
/** What any element may need besides the texts in it, in bytes. */
const LEAST = 64;
/** A longer number is no number that anybody reads. */
const MAX_DIGITS = 40;
/** Names of what holds a name and of what holds its value, in any case: lists of headers, of variables and of fields. */
const NAMED = new Set(['name', 'key', 'header', 'field']);
const VALUED = new Set(['value', 'val']);

/** Parses JSON with its numbers as they were written; faster where that makes no difference. */
export function parsedJson(text: string): unknown {
  const value: unknown = JSON.parse(text);
  return JSON.stringify(value) === text ? value : parseExact(text);
}

interface MaskedJson {
  /** JSON, valid also when it was cut. */
  readonly json: string;
  readonly isCut: boolean;
  /** How many values have something hidden in them. */
  readonly masked: number;
}

/**
 * Writes a JSON value without its secrets: what stands under the name of a secret, what looks like one, and those that are
 * known, in keys and values, in JSON within texts, and in addresses. Objects and lists stay what they are, in their order,
 * and numbers as they were written.
 *
 * @param limit - most bytes of UTF-8; of a longer value, texts are cut between characters and members at the end are left out
 */
export function maskedJson(value: unknown, known: KnownMask, limit = Number.POSITIVE_INFINITY): MaskedJson {
  const writer = new Writer(known, limit, 0);
  writer.value(value, undefined, null, false, 0);
  return { json: writer.text, isCut: writer.isCut, masked: writer.masked };
}

class Writer {
  text = '';
  isCut = false;
  masked = 0;
  private readonly known: KnownMask;
  private readonly limit: number;
  private readonly opened: number;
  private bytes = 0;
  private work = 0;

  constructor(known: KnownMask, limit: number, opened: number) {
    this.known = known;
    this.limit = limit;
    this.opened = opened;
  }

  /**
   * @param number - the text of the value, if it is a number that would be written differently
   * @param holder - the object that the value is in
   * @param isSecret - it stands under the name of a secret
   */
  value(
    value: unknown,
    number: string | undefined,
    holder: Record<string, unknown> | null,
    isSecret: boolean,
    depth: number,
  ): void {
    if (typeof value === 'string') this.string(value, holder, isSecret);
    else if (isContainer(value)) this.container(value, isSecret, depth);
    else if (typeof value === 'number') this.number(number ?? JSON.stringify(value), isSecret);
    else this.put(JSON.stringify(value) ?? 'null');
  }

  private number(text: string, isSecret: boolean): void {
    if (isSecret || this.known(text) !== text) this.hide();
    else if (text.length > MAX_DIGITS) this.cutTo(text);
    else this.put(text);
  }

  private container(value: object, isSecret: boolean, depth: number): void {
    const isList = Array.isArray(value);
    const texts = numberTexts(value as Record<string, unknown>);
    if (depth > MAX_DEPTH) {
      this.isCut = true;
      this.put(isList ? '[]' : '{}');
      return;
    }
    this.put(isList ? '[' : '{');
    const names = isList ? null : Object.keys(value);
    const entries = value as Record<string, unknown>;
    const isPair = !isList && isSecretPair(entries);
    const count = names?.length ?? (value as unknown[]).length;
    for (let index = 0; index < count; index += 1) {
      // The end of every object and list that is open must fit as well.
      if (this.limit - this.bytes - depth - 1 < LEAST || this.work > MAX_WORK) {
        this.isCut = true;
        break;
      }
      const name = names?.[index] ?? String(index);
      const one = entries[name];
      if (index > 0) this.put(',');
      let hides = isSecret;
      if (names) {
        if (!this.key(name, depth)) break;
        hides ||= isSecretName(name, typeof one === 'number') || (isPair && VALUED.has(name.toLowerCase()));
      } else hides ||= isAfterSecretOption(value as unknown[], index);
      this.value(one, texts?.[name], isList ? null : entries, hides, depth + 1);
    }
    this.put(isList ? ']' : '}');
  }

  /** @returns whether it fits */
  private key(name: string, depth: number): boolean {
    const masked = this.maskedText(name);
    const key = `${JSON.stringify(masked)}:`;
    if (this.limit - this.bytes - depth - 2 < Buffer.byteLength(key) + 5) {
      this.isCut = true;
      if (this.text.endsWith(',')) {
        this.text = this.text.slice(0, -1);
        this.bytes -= 1;
      }
      return false;
    }
    this.put(key);
    return true;
  }

  private string(value: string, holder: Record<string, unknown> | null, isSecret: boolean): void {
    if (isSecret && value !== '') this.hide(value);
    else if (isPlaceToGo(value, holder)) this.place(value);
    else if (isMedia(value, holder) && this.known(value) === value) this.cutTo(value);
    else if (isHiddenBlob(value, holder, this.known)) this.hide(value);
    else this.cutTo(this.maskedText(value));
  }

  /** Only where it is: whoever has the whole address may act in the person's name, and any part of it may be the proof. */
  private place(value: string): void {
    const url = URL.canParse(value) ? new URL(value) : null;
    if (url === null || url.host === '') {
      this.hide(value);
      return;
    }
    const place = `${url.protocol}//${url.host}/`;
    const isMore = value !== place && value !== `${place}${HIDDEN}`;
    if (isMore) this.masked += 1;
    this.cutTo(isMore || value !== place ? `${place}${HIDDEN}` : place);
  }

  private hide(value?: string): void {
    if (value !== HIDDEN) this.masked += 1;
    this.put(JSON.stringify(HIDDEN));
  }

  /** The text without secrets, as far as it may be of use. Counts what was hidden. */
  private maskedText(value: string): string {
    const opened = this.openedText(value);
    // A secret may itself read as JSON, quotes and all.
    if (opened !== undefined && this.known(opened) === opened) {
      this.work += value.length;
      if (opened !== value) this.masked += 1;
      return opened;
    }
    // A longer text is masked up to there only, and what comes last of it is left out: a secret may begin there.
    const most = Number.isFinite(this.limit) ? this.limit + MARGIN : value.length;
    const looked = value.length > most ? value.slice(0, most) : value;
    this.work += looked.length;
    const masked = maskText(looked, this.known);
    if (masked !== looked) this.masked += 1;
    if (looked === value) return masked;
    this.isCut = true;
    return sound(masked.slice(0, Math.max(0, masked.length - MARGIN))) + ELLIPSIS;
  }

  /** A text of JSON without its secrets; as it was written if it has none. */
  private openedText(value: string): string | undefined {
    if (this.opened >= MAX_OPENED || value.length > MAX_WORK || !/^\s*[{["]/.test(value)) return undefined;
    const inner = parsed(value);
    if (inner === undefined) return undefined;
    const writer = new Writer(this.known, this.limit, this.opened + 1);
    writer.value(inner, undefined, null, false, 0);
    this.work += writer.work;
    this.isCut ||= writer.isCut;
    // Keys that are whole numbers come first in what was parsed. Of a name that is there twice something is missing.
    if (writer.masked === 0 && !writer.isCut && writer.text.length === canonical(value).length) return value;
    return /^\s*[{[]\s*\n/.test(value) ? JSON.stringify(JSON.parse(writer.text), null, 2) : writer.text;
  }

  /** Writes a text, as much of it as there is room for. */
  private cutTo(value: string): void {
    const json = JSON.stringify(value);
    const room = this.limit - this.bytes - MAX_DEPTH;
    if (Buffer.byteLength(json) <= room) {
      this.put(json);
      return;
    }
    this.isCut = true;
    let [low, high] = [0, Math.min(value.length, Math.max(0, room))];
    const fits = (length: number) => Buffer.byteLength(JSON.stringify(sound(value.slice(0, length)))) + 3 <= room;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if (fits(middle)) low = middle;
      else high = middle - 1;
    }
    this.put(JSON.stringify(sound(value.slice(0, low)) + ELLIPSIS));
  }

  private put(text: string): void {
    this.text += text;
    this.bytes += Buffer.byteLength(text);
  }
}

/** Without half a character at the end. */
const sound = (text: string): string => (/[\uD800-\uDBFF]$/.test(text) ? text.slice(0, -1) : text);

function parsed(text: string): unknown {
  try {
    return parsedJson(text);
  } catch {
    return undefined;
  }
}

/**
 * The text as `JSON.stringify` lays it out and escapes it. All members are still in it: of those with the same name only the
 * last is in the parsed value, so that such a text is longer than that and is written anew.
 */
const canonical = (text: string): string =>
  text.replace(/"[^"\\]*(?:\\.[^"\\]*)*"|[ \t\r\n]+/g, (piece) => {
    if (!piece.startsWith('"')) return '';
    return piece.includes('\\') ? JSON.stringify(JSON.parse(piece)) : piece;
  });

/** Whether it is a name with a value, and the name is that of a secret: as `{"name": "Authorization", "value": …}`. */
function isSecretPair(entries: Record<string, unknown>): boolean {
  const names = Object.keys(entries);
  if (!names.some((name) => VALUED.has(name.toLowerCase()))) return false;
  return names.some(
    (name) => NAMED.has(name.toLowerCase()) && typeof entries[name] === 'string' && isSecretName(String(entries[name])),
  );
}

/** Whether it follows an option or a name of a secret, as in a list of arguments. */
function isAfterSecretOption(list: readonly unknown[], index: number): boolean {
  const before = list[index - 1];
  const one = list[index];
  if (typeof before !== 'string' || typeof one !== 'string' || one.startsWith('--')) return false;
  if (/^--?[\w-]+$/.test(before)) return isSecretName(before.replace(/^-+/, ''));
  // A pair of a name and a value, as headers are written.
  return list.length === 2 && index === 1 && /^[\w-]+$/.test(before) && isSecretName(before);
}

/** Whether it is the address of an elicitation (MCP 2025-11-25, elicitation, URL mode), also where an error asks for one. */
const isPlaceToGo = (value: string, holder: Record<string, unknown> | null): boolean =>
  holder !== null && holder.mode === 'url' && holder.url === value;

/** Whether it is the text of a blob (MCP 2025-11-25, resources, binary content) with a secret in it. */
function isHiddenBlob(value: string, holder: Record<string, unknown> | null, known: KnownMask): boolean {
  if (!holder || (holder.blob !== value && holder.data !== value) || typeof holder.mimeType !== 'string') return false;
  if (!/^[A-Za-z0-9+/_-]+={0,2}$/.test(value)) return false;
  const text = Buffer.from(value, 'base64').toString('utf8');
  return maskText(text, known) !== text;
}
