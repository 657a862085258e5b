import { isContainer, isSame, numberTexts } from '../../../mcp/exact-json';
import { isObject } from '../../../mcp/json-rpc';

/** Parts of a result in which servers may write anything: the SDK does not look into them. */
const FREE = ['structuredContent', '_meta'];

/**
 * Takes numbers that JavaScript cannot hold through the SDK, which writes answers itself: they go in as marked texts, and
 * come out as the numbers they were.
 */
export class NumberMarks {
  private readonly mark: string;
  private readonly marked: RegExp;
  private isUsed = false;

  /** @param secret - random letters and digits; no server can know them */
  constructor(secret: string) {
    this.mark = `number ${secret} `;
    this.marked = new RegExp(`"${this.mark}([^"]+)"`, 'g');
  }

  /** The value with marks in its free parts. */
  put(value: unknown): unknown {
    if (!isObject(value)) return value;
    const parts = FREE.flatMap((key) => (isContainer(value[key]) ? [[key, this.within(value[key])] as const] : []));
    return this.isUsed ? { ...value, ...Object.fromEntries(parts) } : value;
  }

  /** The value with marks in place of all numbers within that would be written differently. */
  within(value: unknown): unknown {
    if (!isContainer(value)) return value;
    const texts = numberTexts(value);
    const item = (key: string | number): unknown => {
      const text = texts?.[key];
      if (text === undefined || !isSame(Number(text), value[key])) return this.within(value[key]);
      this.isUsed = true;
      return this.mark + text;
    };
    return Array.isArray(value)
      ? value.map((_, index) => item(index))
      : Object.fromEntries(Object.keys(value).map((key) => [key, item(key)]));
  }

  /** The response with the numbers in place of their marks. */
  take(response: Response): Response {
    const { body, status, statusText } = response;
    const headers = new Headers(response.headers);
    // Events end with an empty line; a mark never spans two of them.
    let rest = '';
    const plain = (text: string) => (this.isUsed ? text.replace(this.marked, '$1') : text);
    const taken = body?.pipeThrough(new TextDecoderStream()).pipeThrough(
      new TransformStream<string, string>({
        transform: (chunk, controller) => {
          const text = rest + chunk;
          const end = text.lastIndexOf('\n\n') + 2;
          const whole = end >= 2 ? text.slice(0, end) : '';
          rest = text.slice(whole.length);
          if (whole !== '') controller.enqueue(plain(whole));
        },
        flush: (controller) => {
          if (rest !== '') controller.enqueue(plain(rest));
        },
      }),
    );
    headers.delete('content-length');
    return new Response(taken?.pipeThrough(new TextEncoderStream()) ?? null, { status, statusText, headers });
  }
}
