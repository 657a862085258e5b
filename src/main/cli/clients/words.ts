import type { Client, NewProcess } from '../../../shared/contract/client';
import type { Session } from '../../../shared/contract/session';
import { processWords } from '../../../shared/model/client-process';
import { PROGRAM_NAMES, programOf } from '../../../shared/model/program-names';
import { spanWords } from '../print';

const NEW_PROCESS_WORDS: Readonly<Record<NewProcess, string>> = {
  new_session: 'a new process starts a new session',
  last_session: 'a new process goes on with the last session of its folder',
};

/** What a client is, and what its next process gets. */
export const clientRow = ({ name, type, type_name, new_process, may_take_over, old_key }: Client): string[] => [
  name,
  type === 'other' ? (type_name ?? 'other') : PROGRAM_NAMES[type],
  NEW_PROCESS_WORDS[new_process],
  ...(may_take_over ? ['may take sessions over'] : []),
  ...(old_key === null ? [] : [oldKeyWords(old_key)]),
];

const oldKeyWords = ({ valid_until, last_used_at }: NonNullable<Client['old_key']>): string =>
  `an old key works until ${new Date(valid_until).toLocaleTimeString()}, ` +
  (last_used_at === null ? 'never used' : `last used ${spanWords(Date.now() - last_used_at)} ago`);

/** Which program has a session, and how the session is. */
export const sessionRow = (session: Session): string[] => [
  whoHas(session),
  session.status,
  session.session_id.slice(0, 8),
];

/** `Claude Code in ~/shop, process 4711`, or just the program's name if its process is not known. */
function whoHas(session: Session): string {
  const name = programOf(session);
  return session.client_process === null ? name : processWords(name, session.client_process);
}
