import { join } from 'node:path';
import { isAskedFor } from '../../shared/model/client-link';
import type { ConnectTarget } from './connect-target';
import type { EntryValue } from './entry-format';

/** Where an entry that has no key in it says that the key is. */
export interface ReferenceTarget extends Omit<ConnectTarget, 'key'> {
  /** Holdfast's own file with the key, readable by the user alone. */
  readonly keyFile: string;
}

/** How a client can be told where its key is, instead of the key. */
export type KeyReference =
  | {
      /** The key is in a file of Holdfast's own, which the client reads. Nothing else is to be done. */
      readonly kind: 'own_file';
      readonly entry: (target: ReferenceTarget) => EntryValue;
      /** What stands in that file. */
      readonly content: (key: string) => string;
    }
  | {
      /** The user sets a variable of the client's environment. */
      readonly kind: 'environment';
      readonly entry: (target: ReferenceTarget) => EntryValue;
      readonly variable: string;
    };

/** What an entry may refer to. `prompt`: the client asks for the key and keeps it. */
export type FoundReference = KeyReference['kind'] | 'prompt';

/** Holdfast's own file with the key of a client program. */
export const keyFileOf = (dataFolder: string, program: string): string => join(dataFolder, 'keys', program);

/** Just the key, for clients that put a file's text into a value. Without an end of line, which would be part of the key. */
export const bareKey = (key: string): string => key;

/** The header as JSON, for clients that run a command which prints their headers. */
export const headersAsJson = (key: string): string => `${JSON.stringify({ Authorization: `Bearer ${key}` })}\n`;

/** A command of a POSIX shell that prints a file. */
export const printing = (file: string): string => `cat '${file.replaceAll("'", `'\\''`)}'`;

/** A variable of its own for each client, as each has a key of its own: `HOLDFAST_KEY_CURSOR`. */
export const variableOf = (program: string): string => `HOLDFAST_KEY_${program.toUpperCase().replaceAll('-', '_')}`;

/** The reference in an entry: the file or variable that it names; null when there is none. */
export function referenceIn(entry: unknown, keyFile: string): FoundReference | null {
  const text = JSON.stringify(entry ?? null);
  if (
    text.includes(JSON.stringify(keyFile).slice(1, -1)) ||
    text.includes(JSON.stringify(printing(keyFile)).slice(1, -1))
  )
    return 'own_file';
  if (isAskedFor(text)) return 'prompt';
  return /\bHOLDFAST_KEY_[A-Z_]+/.test(text) && !/HOLDFAST_KEY_FILE/.test(text) ? 'environment' : null;
}
