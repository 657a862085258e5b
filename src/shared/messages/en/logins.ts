/** Logins to servers. */
export const LOGINS = {
  'login.needed': 'Needs a login',
  'login.needed_at': 'Needs a login at {host}',
  'login.machine_failed': 'Automatic login failed',
  'login.machine_failed_at': 'Automatic login at {host} failed',
  'login.under_way': 'Waiting for you in the browser',
  'login.in': '{known, select, yes {Logged in as {account}} other {Logged in}}',
  'login.in_by_machine':
    '{known, select, yes {Logged in as {account}} other {Logged in}} automatically, with a stored secret',
  'login.in_refreshed': '{known, select, yes {Logged in as {account}} other {Logged in}}; refreshed automatically',
  'login.in_until': '{known, select, yes {Logged in as {account}} other {Logged in}} until {time}',
  'login.ended': 'The login ended at {time}',
  'login.day_and_clock': '{day}, {clock}',

  'login.finish': 'Finish the login in your browser.',
  'login.check_entry': 'Automatic login failed. Check the entry.',
  'login.to_use': 'Log in to use it.',
  'login.to_use_at': 'Log in at {host} to use it.',
  'login.held': '{count, plural, one {# call is} other {# calls are}} waiting for it.',

  'login.since': '{words} <since>({time})</since>',
  'login.refreshed': 'Last refreshed {time}',
  'login.allows': 'Allows {scopes}',
  'login.allowed': 'What the login to {name} allows',
  'login.scopes': '{count, plural, one {# scope} other {# scopes}}',

  'login.log_in': 'Log in',
  'login.again': 'Log in again',
  'login.log_out': 'Log out',
  'login.cancel': 'Cancel login',
  'login.cancel_failed': 'Could not cancel the login to {name}',

  'login.dialog.title': 'Log in to {name}',
  'login.dialog.title_at': 'Log in to {name} at {host}',
  'login.dialog.asking': 'Asking {name} where to log in…',
  'login.dialog.unsafe':
    'The login address that {name} gave is neither https nor on this machine, so Holdfast does not open it.',
  'login.dialog.cancel': 'Cancel',
  'login.dialog.close': 'Close',
  'login.dialog.copy': 'Copy address',
  'login.dialog.open': 'Open in browser',
  'login.dialog.open_again': 'Open again',
  'login.dialog.try_again': 'Try again',
  'login.dialog.opens': 'Opens',
  'login.dialog.opens_note': 'Log in there only if you know this address.',
  'login.dialog.code': 'Code',
  'login.dialog.copy_code': 'Copy the code',
  'login.dialog.asks_for': 'Asks for',
  'login.dialog.scopes': 'What the login to {name} asks for',
  'login.dialog.unnamed': 'Whatever {host} grants; not named here.',
  'login.dialog.until': 'Until',
  'login.dialog.until_note': '{time}; after that, begin again',
  'login.dialog.waiting': 'Waiting for you in the browser.',
  'login.dialog.closes': 'This closes when you are logged in.',
  'login.dialog.no_page': 'If no page opened, copy the address into your browser.',
  'login.dialog.late': 'The login was not finished in time.',
  'login.dialog.over': 'The login was not finished.',
  'login.done': 'Logged in to {name}',
  'login.done_as': 'As {account}',

  'logout.title': 'Log out of {name}?',
  'logout.tokens_at': 'Its tokens are revoked at {host} where that is possible, and forgotten here in any case.',
  'logout.tokens':
    'Its tokens are revoked at the authorization server where that is possible, and forgotten here in any case.',
  'logout.sessions':
    '{count, plural, =0 {No session is using it right now.} one {# session uses it. Sessions stay alive.} other {# sessions use it. Sessions stay alive.}}',
  'logout.calls': 'Calls to {name} wait until somebody logs in again, for five minutes at most; then they fail.',
  'logout.done': 'Logged out of {name}',

  'login.remove.title': 'Remove {name}?',
  'login.remove.logged_in':
    'You are logged in to it{who, select, yes { as {account}} other {}}{where, select, yes { at {host}} other {}}.',
  'login.remove.log_out': 'Log out and remove',
  'login.remove.log_out_note':
    'Its tokens are revoked where that is possible, and forgotten here. Undo brings the server back; it then needs a login.',
  'login.remove.log_out_note_at':
    'Its tokens are revoked at {host} where that is possible, and forgotten here. Undo brings the server back; it then needs a login.',
  'login.remove.keep': 'Keep the login',
  'login.remove.keep_note':
    'Its tokens stay valid and are kept until Holdfast ends. Undo brings the server back logged in.',
  'login.remove.cancel': 'Cancel',
  'login.remove.remove': 'Remove, keep the login',
  'login.remove.removing': 'Removing…',
} as const;
