import { said } from '../../../shared/messages/said';
import { SECRET_MARK } from './file/entry';
import { expand } from './file/expand';
import type { Entry, Problem } from './file/file-text';
import type { StoredValues } from './server-values';

type Path = readonly (string | number)[];

/** Looks up what one entry refers to: variables of the environment, and secrets kept for it. Collects what is missing. */
export class Lookup {
  readonly problems: Problem[] = [];
  private readonly entry: Entry;
  private readonly stored: StoredValues;
  private readonly environment: NodeJS.ProcessEnv;
  private readonly isLocked: boolean;

  /** @param isLocked - whether stored values may be missing because they cannot be read now */
  constructor(entry: Entry, stored: StoredValues, environment: NodeJS.ProcessEnv, isLocked: boolean) {
    this.entry = entry;
    this.stored = stored;
    this.environment = environment;
    this.isLocked = isLocked;
  }

  /** The values of a field that is an object, each under its name. */
  values(field: keyof StoredValues, given: Readonly<Record<string, string>>): Record<string, string> {
    return Object.fromEntries(Object.entries(given).map(([name, value]) => [name, this.value(field, name, value)]));
  }

  /** One value that may be a secret. */
  value(field: keyof StoredValues, name: string, value: string): string {
    if (value !== SECRET_MARK) return this.text(value, [field, name]);
    const stored = this.stored[field];
    const secret = Object.hasOwn(stored, name) ? stored[name] : undefined;
    if (secret === undefined) {
      this.wrong(
        [field, name],
        this.isLocked ? said('said.value.locked', { name }) : said('said.value.none', { name }),
      );
      return '';
    }
    const { text, problem } = expand(secret, this.environment);
    // `problem` quotes the text, which is a secret here, so it is not repeated.
    if (problem) {
      this.wrong([field, name], said('said.value.reference', { name }));
    }
    return this.plain(text, [field, name]);
  }

  /** A text with its references expanded. */
  text(value: string, path: Path): string {
    const { text, problem } = expand(value, this.environment);
    if (problem) this.wrong(path, problem);
    return this.plain(text, path);
  }

  wrong(path: Path, sentence: string): void {
    this.problems.push({ line: this.entry.lineAt(path), sentence });
  }

  private plain(text: string, path: Path): string {
    if (text.includes('\0')) this.wrong(path, said('said.value.nul'));
    return text;
  }
}
