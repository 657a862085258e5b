import type { Login } from '../contract/login';

/** The login of a server that needs none, as far as is known. */
export const NO_LOGIN: Login = {
  state: 'none',
  since: null,
  host: null,
  account: null,
  is_machine: false,
  scopes: [],
  expires_at: null,
  refreshes: false,
  last_refresh_at: null,
  held_calls: 0,
  problem: null,
};
