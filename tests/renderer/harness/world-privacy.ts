import type { Input, Output } from '#src/shared/contract/index';
import type { DeletionCounts } from '#src/shared/contract/privacy';
import { MIB } from '#src/shared/model/units';

const AREAS = [
  ['events', 30, 'Events and timelines of sessions', '30 days', 18_400_000],
  ['sessions', 30, 'Sessions and their connections', '30 days after their end', 2_300_000],
  ['activity', 7, 'What was called, without contents', '7 days', 5_200_000],
  ['contents', 1, 'Contents of messages, where you had them recorded', '24 hours', 0],
  ['history', 400, 'History for the charts', '400 days', 9_100_000],
  ['messages', 1, 'Messages for clients that come back', '1 day', 640_000],
  ['answers', 1, 'Answers to calls that became a handle', '1 day', 0],
  ['other', null, 'Clients, servers and settings', 'until you remove them', 98_000],
  ['backups', null, 'Backups of all of this', 'the newest 3, one a day', 88_000_000],
  ['log', null, 'Log', 'the newest', 1_200_000],
] as const;

const LIMITS: Readonly<Partial<Record<string, number>>> = {
  events: 1_024 * MIB,
  activity: 128 * MIB,
  contents: 64 * MIB,
  history: 16 * MIB,
  messages: 256 * MIB,
  answers: 64 * MIB,
  log: 10 * MIB,
  backups: 2_048 * MIB,
};

/** What is kept, as numbers that a deletion sets to nothing. */
export class WorldPrivacy {
  counts: DeletionCounts = { events: 12_400, sessions: 31, activity: 4_100, contents: 0, history: 8_200 };
  readonly deleted: Input<'privacy.delete'>[] = [];

  handlers() {
    const counts = ({ what }: Input<'privacy.preview'>): DeletionCounts => ({
      events: what === 'history' || what === 'activity' ? 0 : this.counts.events,
      sessions: what === 'history' || what === 'activity' ? 0 : this.counts.sessions,
      activity: what === 'history' ? 0 : this.counts.activity,
      contents: what === 'history' ? 0 : this.counts.contents,
      history: what === 'ended_sessions' || what === 'activity' ? 0 : this.counts.history,
    });
    return {
      'privacy.kept': (): Output<'privacy.kept'> => ({
        areas: AREAS.map(([name, days, what, kept, bytes]) => ({
          name,
          what,
          kept,
          days,
          bytes,
          limit_bytes: LIMITS[name] ?? null,
        })),
        total_bytes: AREAS.reduce((sum, [, , , , bytes]) => sum + bytes, 400_000),
      }),
      'privacy.preview': counts,
      'privacy.delete': (deletion: Input<'privacy.delete'>) => {
        const gone = counts(deletion);
        this.deleted.push(deletion);
        this.counts = { events: 0, sessions: 0, activity: 0, contents: 0, history: 0 };
        return gone;
      },
    };
  }
}
