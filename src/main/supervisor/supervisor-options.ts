import type { LanguageChoice } from '../../shared/messages/speech';
import type { SessionPolicy } from '../../shared/model/policy';
import type { Limits } from '../endpoint/rate-limits';
import type { Keychain, Power, Random, StartAtLogin, SystemClock, Timers } from '../platform/ports';
import type { Settings } from '../settings';

export interface SupervisorOptions {
  readonly settings: Settings;
  readonly version: string;
  /** Folder of the built window, served at `/ui/`. */
  readonly uiFolder: string;
  readonly clock?: SystemClock;
  /** What the desktop says of sleep. Without it, and besides, the clocks tell. */
  readonly power?: Power;
  readonly timers?: Timers;
  readonly random?: Random;
  /** The keychain of the system, in a host that reaches one. Secrets of servers are in files otherwise. */
  readonly keychain?: Keychain;
  /** Starting at login, in a host that asks the system for it. A file decides otherwise, where the system has one for that. */
  readonly startAtLogin?: StartAtLogin;
  /** Whether the desktop shows this process's tray icon; missing without a window. */
  readonly hasTray?: () => Promise<boolean | null>;
  /** Shows a test as a notification of the system; missing without a window. */
  readonly testNotification?: () => Promise<boolean>;
  /** Makes what the process shows outside of the window speak a language; missing without a window. */
  readonly speak?: (choice: LanguageChoice) => Promise<void>;
  /** Replaces the key that manifests of updates are verified with, for tests. */
  readonly updateKey?: string;
  /** Replaces the policy from the settings, for tests. */
  readonly policy?: SessionPolicy;
  /** Replaces the default rate limits, for tests and benchmarks. */
  readonly limits?: Limits;
  /** The environment that entries in servers.json refer to, and that names proxies and certificates. Defaults to this process's own. */
  readonly environment?: NodeJS.ProcessEnv;
  /** Is told, in a sentence for the user, when nothing can be saved any more. */
  readonly onLoss?: (sentence: string) => void;
  /** Path of the courier's program, where it is not beside this one: in tests, which run the sources. */
  readonly courierProgram?: () => Promise<string>;
  /** Ends the process, because somebody with the admin key asked for it. Without it, the supervisor alone stops. */
  readonly onQuit?: () => void;
  /** Ends the process in order and starts it again. Without it, somebody has to. */
  readonly onRestart?: () => void;
  /** The user's home folder, where other programs keep configurations that can be imported. */
  readonly home?: string;
}
