import { type ClientProcess, clientProcessSchema } from '../contract/client-process';
import { t } from '../messages/language';

/** The header in which a bridge names the program that started it, on `initialize`. */
export const CLIENT_PROCESS_HEADER = 'holdfast-client-process';
const MAX_HEADER = 4096;

/** Whether both are the same process, not just the same process id. */
export const isSameProcess = (a: Pick<ClientProcess, 'pid' | 'started'>, b: typeof a): boolean =>
  a.pid === b.pid && a.started === b.started;

/** `Claude Code in ~/shop, process 4711`: how people tell the chats of one program apart. */
export const processWords = (name: string, { pid, folder }: ClientProcess): string =>
  folder === null ? t('words.process.of', { name, pid }) : t('words.process.of_in_folder', { name, folder, pid });

/** The value of {@link CLIENT_PROCESS_HEADER}. */
export const toHeader = (process: ClientProcess): string => encodeURIComponent(JSON.stringify(process));

/** The process that a header names; null if it names none. */
export function fromHeader(header: string | string[] | undefined): ClientProcess | null {
  if (typeof header !== 'string' || header.length > MAX_HEADER) return null;
  try {
    return clientProcessSchema.parse(JSON.parse(decodeURIComponent(header)));
  } catch {
    return null;
  }
}
