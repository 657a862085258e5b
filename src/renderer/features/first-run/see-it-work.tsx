import { useEffect, useRef, useState } from 'react';
import type { Demo } from '../../../shared/contract/demo';
import { t } from '../../../shared/messages/language';
import { type Ms, SECOND } from '../../../shared/model/units';
import { routeHash } from '../../store/route';
import { useActions } from '../../store/use-holdfast';
import { Button } from '../../ui/button';
import { Said } from '../../ui/said';
import { toastError } from '../../ui/toast';

const ASK_EVERY: Ms = SECOND / 2;

const isRunning = (demo: Demo): boolean => !['idle', 'over', 'failed'].includes(demo.phase);

/** Shows what a session survives with a real client of Holdfast's own, which leaves nothing behind. */
export function SeeItWork() {
  const { loadDemo, startDemo, resync } = useActions();
  const [demo, setDemo] = useState<Demo | null>(null);
  const runs = demo !== null && isRunning(demo);
  const ran = useRef(false);

  useEffect(() => void loadDemo().then(setDemo, () => undefined), [loadDemo]);
  useEffect(() => {
    if (!runs) {
      // Its session is gone, which is no event.
      if (ran.current) resync();
      ran.current = false;
      return;
    }
    ran.current = true;
    const timer = setInterval(() => void loadDemo().then(setDemo, () => undefined), ASK_EVERY);
    return () => clearInterval(timer);
  }, [runs, loadDemo, resync]);

  const start = async () => {
    try {
      setDemo(await startDemo());
    } catch (error) {
      toastError(t('first_run.demo.failed'), error);
    }
  };
  if (demo === null) return null;
  const { phase, session_id, problem } = demo;
  return (
    <div data-demo={phase} className="mt-2 flex min-h-8 flex-wrap items-center gap-x-3 gap-y-2 text-ink-2 text-sm">
      <p role="status" className="min-w-0 flex-1 basis-64">
        {t(phase === 'idle' ? 'first_run.demo.about' : `first_run.demo.${phase}`)}{' '}
        {problem !== null && <Said text={problem} />}
        {session_id !== null && (
          <a
            href={routeHash({ view: 'sessions', id: session_id, params: {} })}
            className="rounded font-medium text-accent hover:underline"
          >
            {t('first_run.session.open')}
          </a>
        )}
      </p>
      <Button disabled={runs} onClick={() => void start()}>
        {t(phase === 'over' ? 'first_run.demo.again' : 'first_run.demo.start')}
      </Button>
    </div>
  );
}
