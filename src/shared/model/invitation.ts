/** What a person pastes into a chat of the client that is invited, for its model to read; in English, as tools are. */
export const invitationText = (sessionId: string, invitation: string, isShared = false): string =>
  `${isShared ? 'Share the servers of a session' : 'Take over a session'}: call the Holdfast tool reconnect_session with ` +
  `session_id "${sessionId}" and reconnect_token "${invitation}". ${isShared ? SHARED : TAKEN_OVER}`;

const TAKEN_OVER = 'Its servers keep their state; its chat stays where it was.';
const SHARED = 'Both sessions use the same processes of the servers then; no chat comes along.';
