/** What went wrong and what to do about it, by error code; see the registry of errors. */
export const ERROR_TEXT = {
  'errors.session_id_mismatch':
    'The token belongs to another session. Use the token that was issued for this session id.',
  'errors.invalid_token_purpose': 'This token was not made for reconnecting. Ask for a reconnect token of the session.',
  'errors.session_not_found':
    'There is no such session for this client key. Start a new session, or use the key that owns it.',
  'errors.token_mismatch': 'A newer token was issued for this session. Use the newest one.',
  'errors.session_already_disconnected': 'The session has ended and cannot be resumed. Start a new session.',
  'errors.token_expired': 'The token is too old. Use the old session id, or start a new session.',
  'errors.invalid_token': 'The token is damaged or was not issued by this Holdfast. Copy it whole and try again.',
  'errors.token_reused': 'This token was used before, so all tokens of the session were revoked. Ask for a new one.',
  'errors.rate_limited': 'Too many tries. Wait for the time given in Retry-After and try again.',
  'errors.internal_error': 'Holdfast could not do this. Check its log, then try again.',
  'errors.unauthorized':
    'A valid key is missing. Send "Authorization: Bearer \'<\'client key>"; create a key in the Connect view.',
  'errors.forbidden': 'This key may not do that. Use the admin key.',
  'errors.forbidden_host': 'The Host header is not one of this endpoint. Connect to 127.0.0.1 or localhost directly.',
  'errors.forbidden_origin':
    'Requests from this web origin are refused. Holdfast answers to local programs and its own window only.',
  'errors.not_found': 'There is nothing at this address. See /api/docs.',
  'errors.method_not_allowed': 'This address does not take that method. See /api/docs.',
  'errors.unsupported_media_type': 'Send the body as "Content-Type: application/json".',
  'errors.payload_too_large': 'The body is too large. Send at most 4 MiB.',
  'errors.invalid_input': 'The input is not valid. See the detail for what to change.',
  'errors.handover_impossible':
    'This session cannot be handed over to that client, or shared with it, in this way. See the detail for what to do.',
  'errors.handover_pending':
    'Another session already waits to continue in that client. Cancel that first, or make an invitation.',
  'errors.may_not_take_over':
    'That client may not take sessions over, nor share them. Allow it in the Connect view, or with “holdfast clients take-over”.',
  'errors.session_is_shared': 'The session shares its servers with another one already. Stop sharing first.',
  'errors.session_not_shared': 'The session shares its servers with no other.',
  'errors.session_over': 'The session has ended. Only a session that has not ended can be changed.',
  'errors.too_many_pinned': 'As many sessions are pinned as can be: 20. Unpin one first.',
  'errors.session_not_active': 'The session is not active, so no token can be issued. Bring the client back first.',
  'errors.client_not_found': 'There is no such client. It may have been removed.',
  'errors.activity_not_found': 'There is no such message. It may have been deleted, or was kept for long enough.',
  'errors.call_not_found': 'The call is over, or there is none with this number.',
  'errors.server_not_found': 'There is no server of that name. Look in the Servers view, or use /mcp for all of them.',
  'errors.set_not_found': 'There is no set of that name. Look in the Sets of the Servers view.',
  'errors.set_exists': 'There is a set of that name already. Choose another.',
  'errors.server_exists': 'There is a server of that name already. Choose another.',
  'errors.server_changed': 'The entry has changed since it was shown. Look at it again, then confirm it.',
  'errors.settings_left_alone': 'The settings of that program cannot be changed safely. Add the entry by hand.',
  'errors.server_untrusted':
    'This server has not been confirmed yet. Confirm it in the Servers view, or with "holdfast servers trust".',
  'errors.server_unavailable': 'The server cannot be reached right now. Holdfast keeps trying; see the Servers view.',
  'errors.login_impossible': 'Nobody can log in to this server right now. See the detail for what to change.',
  'errors.login_unknown':
    'This login is not known any more: it was finished, cancelled, or took over ten minutes. Start it again.',
  'errors.storage_unavailable':
    'The database cannot be written right now (is the disk full?). Free some space, and Holdfast carries on.',
  'errors.port_in_use': 'The port is taken by another program. Stop it, or set HOLDFAST_PORT to a free port.',
  'errors.already_running': 'Holdfast is already running.',
  'errors.database_too_new':
    'The database was written by a newer Holdfast. Update Holdfast, or choose another data folder.',
  'errors.shutting_down': 'Holdfast is shutting down. Try again when it is back.',
  'errors.unreachable': 'Holdfast does not answer. Check that it is running, then try again.',
} as const;
