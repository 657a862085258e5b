/** What a person pastes into a chat of the client that is invited, for its model to read; in English, as tools are. */
export const invitationText = (sessionId: string, invitation: string): string =>
  'Take over a session: call the Holdfast tool reconnect_session with ' +
  `session_id "${sessionId}" and reconnect_token "${invitation}". Its servers keep their state; its chat stays where it was.`;
