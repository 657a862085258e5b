import type { AppInfo } from '../../shared/contract/app';
import type { Client } from '../../shared/contract/client';
import type { History, HistoryRange } from '../../shared/contract/history';
import type { Servers } from '../../shared/contract/server';
import type { SessionsHealth } from '../../shared/contract/session';
import type { Ms } from '../../shared/model/units';
import type { ConnectionInfo } from '../bridge/bridge';
import type { Actions } from './actions';
import type { Route } from './route';
import type { LiveView } from './sessions';
import type { Theme, ThemeChoice } from './theme';

/** Answers that are requested, not streamed. Each is null until it first arrives. */
interface AnswersSlice {
  readonly app: AppInfo | null;
  readonly clients: readonly Client[] | null;
  /** When a request last came with a key that belongs to nobody. */
  readonly unknownKeyAt: Ms | null;
  readonly servers: Servers | null;
  readonly health: SessionsHealth | null;
  readonly history: Readonly<Partial<Record<HistoryRange, History>>>;
}

/**
 * Everything the window shows. Components read it with `useHoldfast(selector)` and change it through `actions` only. It
 * holds no secret: client keys and reconnect tokens go from an action's promise into one dialog and nowhere else.
 */
export interface HoldfastState extends LiveView, AnswersSlice {
  readonly connection: ConnectionInfo;
  readonly route: Route;
  readonly themeChoice: ThemeChoice;
  readonly theme: Theme;
  /** The one clock that relative times tick from; 1 Hz while the window is visible. */
  readonly now: Ms;
  readonly actions: Actions;
}
