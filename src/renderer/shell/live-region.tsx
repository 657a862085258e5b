import { useEffect, useState } from 'react';
import { t } from '../../shared/messages/language';
import { SECOND } from '../../shared/model/units';
import { selectSynced } from '../store/selectors';
import { useHoldfastStore } from '../store/use-holdfast';
import { announcement, serverAnnouncement } from './announcement';
import { CONNECTION_WORDS } from './connection-words';

const AT_MOST_EVERY = 5 * SECOND;

/** Tells a screen reader what changed, at most every 5 s. */
export function LiveRegion() {
  const store = useHoldfastStore();
  const [text, setText] = useState('');

  useEffect(() => {
    let said = store.getState();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const speak = () => {
      const now = store.getState();
      const changed =
        said.connection.state === now.connection.state
          ? ''
          : t('connection.said', { state: CONNECTION_WORDS[now.connection.state] });
      const servers = serverAnnouncement(said.servers?.servers ?? null, now.servers?.servers ?? null);
      const next = [changed, announcement(said.sessions, now.sessions), servers].filter(Boolean).join(' ');
      said = now;
      if (next) setText(next);
    };
    const unsubscribe = store.subscribe((state) => {
      // What the first snapshot brings is not news.
      if (!selectSynced(said) && selectSynced(state)) said = { ...state, connection: said.connection };
      const isNews =
        state.sessions !== said.sessions ||
        state.servers !== said.servers ||
        state.connection.state !== said.connection.state;
      if (timer !== undefined || !isNews) return;
      timer = setTimeout(() => {
        timer = undefined;
        speak();
      }, AT_MOST_EVERY);
    });
    return () => {
      unsubscribe();
      clearTimeout(timer);
    };
  }, [store]);

  return (
    <div role="status" aria-label={t('shell.changes')} className="sr-only">
      {text}
    </div>
  );
}
