import { useEffect, useState } from 'react';
import { SECOND } from '../../shared/model/units';
import { useHoldfastStore } from '../store/use-holdfast';
import { announcement } from './announcement';
import { CONNECTION_WORDS } from './connection-words';

const AT_MOST_EVERY = 5 * SECOND;

/** Tells a screen reader what changed, at most once in 5 s. */
export function LiveRegion() {
  const store = useHoldfastStore();
  const [text, setText] = useState('');

  useEffect(() => {
    let said = store.getState();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const speak = () => {
      const now = store.getState();
      const fresh = said.generation === now.generation ? now.events.filter((event) => event.seq > said.seq) : [];
      const changed =
        said.connection.state === now.connection.state ? '' : `${CONNECTION_WORDS[now.connection.state]}.`;
      const next = [changed, announcement(fresh, now.sessions)].filter(Boolean).join(' ');
      said = now;
      if (next) setText(next);
    };
    const unsubscribe = store.subscribe((state) => {
      if (timer !== undefined || (state.seq === said.seq && state.connection.state === said.connection.state)) return;
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
    <div role="status" aria-label="Changes" className="sr-only">
      {text}
    </div>
  );
}
