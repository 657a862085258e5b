import type { Offered, Session } from '../../../shared/contract/session';
import { invitationText } from '../../../shared/model/invitation';
import { sessionRow as clientSessionRow } from '../clients/words';

/** A session as a line lists it: its name if it has one, who has it, how it is, its short id. */
export const sessionRow = (session: Session, name?: string): string[] => [
  ...clientSessionRow(session),
  name === undefined ? '' : `"${name}"`,
  session.pinned ? 'pinned' : '',
  ...(session.offer ? [`offered to ${session.offer.client_name}`] : []),
  ...(session.sharing ? [`shares its servers with ${session.sharing.client_name}`] : []),
];

/** What to do now that a session is offered to a client. */
export function offerLines({ session, invitation }: Offered, client: string): string[] {
  const isShared = session.offer?.share !== undefined;
  const servers = isShared
    ? 'Both use the same processes of its servers then; no chat comes along.'
    : 'Its servers go there with what they hold; its chat does not.';
  if (invitation === null) {
    return [
      `Connect ${client} within five minutes: start a new chat there, or connect its MCP servers anew.`,
      `${servers} Until then nothing changes.`,
    ];
  }
  return [
    `Paste this into a chat of ${client} within five minutes. It works once, and only there. ${servers}`,
    '',
    invitationText(session.session_id, invitation, isShared),
  ];
}
