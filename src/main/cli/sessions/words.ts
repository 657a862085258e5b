import type { Session } from '../../../shared/contract/session';
import { sessionRow as clientSessionRow } from '../clients/words';

/** A session as a line lists it: its name if it has one, who has it, how it is, its short id. */
export const sessionRow = (session: Session, name?: string): string[] => [
  ...clientSessionRow(session),
  name === undefined ? '' : `"${name}"`,
  session.pinned ? 'pinned' : '',
];
