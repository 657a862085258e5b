import type { Login, LoginBegun } from '../../../../shared/contract/login';
import type { Ms } from '../../../../shared/model/units';

/**
 * How far a login has come that was begun in this window. `asking`: the server is being asked where. `ready`: the address is
 * known, nobody was sent there. `waiting`: somebody was. `done`. `late`: its ten minutes are over. `over`: it ended otherwise,
 * badly or because somebody cancelled it. `gone`: there is no such server any more.
 */
export type LoginPhase = 'asking' | 'ready' | 'waiting' | 'done' | 'late' | 'over' | 'gone';

export interface LoginProgress {
  /** Null until the server has said where. */
  readonly begun: LoginBegun | null;
  /** Whether its address was opened or copied. */
  readonly left: boolean;
  /** `since` of the login before this one was begun: a login that is as old as that is not the new one. */
  readonly before: Ms | null;
  /** Null when the server is not in the list. */
  readonly login: Login | null;
  readonly now: Ms;
}

/** How far it has come. Looks at nothing but the login as it is, so it is right again after a gap in what was heard. */
export function loginPhase({ begun, left, before, login, now }: LoginProgress): LoginPhase {
  if (login === null) return 'gone';
  if (begun === null) return 'asking';
  if (login.state === 'logged_in' && login.since !== before) return 'done';
  if (login.state === 'under_way') return left ? 'waiting' : 'ready';
  return now >= begun.expires_at ? 'late' : 'over';
}
