import type { FailingCalls } from '../../shared/contract/activity';
import type { Recording } from '../../shared/contract/activity-contents';
import type { AppInfo } from '../../shared/contract/app';
import type { Client } from '../../shared/contract/client';
import type { FoundClient } from '../../shared/contract/connect';
import type { History, HistoryRange } from '../../shared/contract/history';
import type { KeptData } from '../../shared/contract/privacy';
import type { Servers } from '../../shared/contract/server';
import type { SessionsHealth } from '../../shared/contract/session';
import type { Settings } from '../../shared/contract/settings';
import type { Ms } from '../../shared/model/units';
import type { Visibility } from '../../shared/model/visibility';
import type { ConnectionInfo } from '../bridge/bridge';
import type { Actions } from './actions';
import type { Intent } from './intent';
import type { Route } from './route';
import type { LiveView } from './sessions';
import type { Theme, ThemeChoice } from './theme';

/** Answers that are requested, not streamed. Each is null until it first arrives. */
interface AnswersSlice {
  readonly app: AppInfo | null;
  readonly clients: readonly Client[] | null;
  /** When a request last came with a key that belongs to nobody. */
  readonly unknownKeyAt: Ms | null;
  /** Whether the first steps are to be shown. */
  readonly isFirstRun: boolean | null;
  /** The programs that Holdfast can connect by itself. */
  readonly found: readonly FoundClient[] | null;
  readonly servers: Servers | null;
  /** What is hidden from clients, and the sets. */
  readonly visibility: Visibility | null;
  readonly settings: Settings | null;
  readonly kept: KeptData | null;
  /** Whether contents of messages are recorded; null until that is known. */
  readonly recording: Recording | null;
  readonly health: SessionsHealth | null;
  /** Calls that fail again and again. */
  readonly failing: FailingCalls | null;
  /** Names that the user gave to sessions, by session id. */
  readonly sessionNames: Readonly<Record<string, string>>;
  readonly history: Readonly<Partial<Record<HistoryRange, History>>>;
}

/** The palette, the list of keys, or nothing. */
export type Overlay = 'palette' | 'keys' | null;

/**
 * Everything the window shows. Components read it with `useHoldfast(selector)` and change it through `actions` only. It
 * holds no secret: client keys and reconnect tokens go from an action's promise into one dialog and nowhere else.
 */
export interface HoldfastState extends LiveView, AnswersSlice {
  readonly connection: ConnectionInfo;
  readonly route: Route;
  readonly themeChoice: ThemeChoice;
  readonly theme: Theme;
  /** What lies over the view. */
  readonly overlay: Overlay;
  /** Whether shortcuts of a single key work. */
  readonly singleKeys: boolean;
  /** What a view is asked to do; null once it did. */
  readonly intent: Intent | null;
  /** The one clock that relative times tick from; 1 Hz while the window is visible. */
  readonly now: Ms;
  readonly actions: Actions;
}
