import { HoldfastError } from '../../../shared/errors';
import type { SettingsStore } from '../settings-store';

const SETTING = 'session_names';
/** Beyond that, the name that was given first is forgotten. */
const MOST = 500;

/** Names that the user gave to sessions. They are kept beside the sessions, as a setting, and say nothing about a client. */
export class SessionNames {
  private readonly settings: Pick<SettingsStore, 'get' | 'set'>;
  private readonly exists: (sessionId: string) => boolean;

  constructor(settings: Pick<SettingsStore, 'get' | 'set'>, exists: (sessionId: string) => boolean) {
    this.settings = settings;
    this.exists = exists;
  }

  /** All names, by session id. */
  list(): Record<string, string> {
    return this.settings.get<Record<string, string>>(SETTING) ?? {};
  }

  /**
   * Gives a session a name; an empty one takes it away.
   * @throws HoldfastError `session_not_found`
   */
  set(sessionId: string, name: string): Record<string, string> {
    if (!this.exists(sessionId)) throw new HoldfastError('session_not_found');
    const { [sessionId]: _, ...others } = this.list();
    const kept = Object.entries(others).slice(name === '' ? 0 : -(MOST - 1));
    const names = Object.fromEntries(name === '' ? kept : [...kept, [sessionId, name]]);
    this.settings.set(SETTING, names);
    return names;
  }

  /** Forgets the names of sessions that are gone. Writes nothing if there are none. */
  forgetGone(): void {
    const all = Object.entries(this.list());
    const kept = all.filter(([sessionId]) => this.exists(sessionId));
    if (kept.length < all.length) this.settings.set(SETTING, Object.fromEntries(kept));
  }
}
