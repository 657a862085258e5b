import { HoldfastError } from '../../shared/errors';
import { said } from '../../shared/messages/said';
import { lineOf } from './json-problems';

const MARK = '\uFEFF';

/**
 * The text of a configuration file: UTF-8 or UTF-16, with or without a byte order mark. Windows PowerShell writes UTF-16,
 * and many editors on Windows write a mark.
 * @throws HoldfastError `invalid_input` for any other encoding
 */
export function decodeText(bytes: Uint8Array): string {
  const text = new TextDecoder(encodingOf(bytes), { ignoreBOM: true }).decode(bytes);
  const damaged = text.indexOf('\uFFFD');
  if (damaged !== -1 && !isWritten(bytes)) {
    const message = said('said.text.not_utf8', { line: lineOf(text, damaged) });
    throw new HoldfastError('invalid_input', message);
  }
  return text.startsWith(MARK) ? text.slice(MARK.length) : text;
}

function encodingOf([first, second, third, fourth]: Uint8Array): 'utf-8' | 'utf-16le' | 'utf-16be' {
  if (first === 0xff && second === 0xfe && !(third === 0 && fourth === 0)) return 'utf-16le';
  if (first === 0xfe && second === 0xff) return 'utf-16be';
  // The files start with a character of ASCII, so without a mark the place of its zero byte tells.
  if (first !== 0 && second === 0 && third !== 0) return 'utf-16le';
  if (first === 0 && second !== 0 && second !== undefined) return 'utf-16be';
  return 'utf-8';
}

/** Whether a U+FFFD is a character of the file itself: then its bytes decode without an error. */
function isWritten(bytes: Uint8Array): boolean {
  try {
    new TextDecoder(encodingOf(bytes), { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}
