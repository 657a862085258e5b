import { isSecretValue, shownValue } from '../../shared/model/secret-values';

/** Holdfast's own keys, wherever they stand. */
const OWN_KEY = /\bhf[am]?_[\w-]{8,}/g;
/** Names of values that are nobody's business on a screen, also in the middle of a name. */
const SECRET_NAME = /key|token|secret|passw|credential|cookie|authorization/i;
/** A string of JSON or TOML, with the name before it, if there is one on the line. */
const STRING = /(?:(["']?)([\w-]+)\1\s*[:=]\s*)?("(?:[^"\\]|\\.)*"|'[^']*')/g;
const STAND = '…';
/** A key that has been taken out of a value, or is yet to be made. */
const NO_KEY = /^(?:Bearer )?hf_(?:…|\(a new key\))$/;

/** A value that says where the key is, and is none. */
const REFERENCE = /^(?:Bearer )?(?:\$\{(?:env:)?HOLDFAST_KEY_\w+\}|HOLDFAST_KEY_\w+|\{file:[^}]*\})$/;
const NAME_OF_REFERENCE = 'HOLDFAST_KEY_FILE';

/**
 * The lines of a difference as they may be shown. A value is hidden because of its name, because of the option before it in
 * a list (`"--api-key", "…"`), or because it looks like a token. Remembers the option from one line to the next.
 */
export class MaskedLines {
  private option = '';

  /** @param mark - what stands before the line: a space, `+` or `-` */
  show(mark: string, line: string): string {
    const text = line.replace(/\r?\n$/, '').replace(OWN_KEY, `hf_${STAND}`);
    const masked = text.replace(STRING, (whole, _quote: string, name: string | undefined, quoted: string) => {
      const quote = quoted[0] as string;
      const value = quoted.slice(1, -1);
      const rest = whole.slice(0, whole.length - quoted.length);
      const hidden = this.valueShown(name ?? this.option, value);
      this.option = name === undefined && /^--?[A-Za-z]/.test(value) ? value.replace(/^-+/, '') : '';
      return `${rest}${quote}${hidden}${quote}`;
    });
    return `${mark}${masked}${line.endsWith('\n') ? '' : '\n\\ No newline at end of file'}`;
  }

  private valueShown(name: string, value: string): string {
    if (NO_KEY.test(value) || REFERENCE.test(value) || name === NAME_OF_REFERENCE) return value;
    const [, option, given] = /^(--?[\w-]+[=:]\s*)(.+)$/.exec(value) ?? [];
    if (option !== undefined && given !== undefined) {
      return option + this.valueShown(option.replace(/^-+|[=:]\s*$/g, ''), given);
    }
    if (value === '' || value.startsWith('-')) return value;
    if (SECRET_NAME.test(name)) return STAND;
    const shown = shownValue(name, value);
    if (shown === null) return STAND;
    return shown.replace(/[^\s=:,]{16,}/g, (word) => (isSecretValue('', word) ? STAND : word));
  }
}
