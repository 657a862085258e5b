import { useMemo, useState } from 'react';
import { DEMO_CLIENT } from '../../../shared/contract/demo';
import type { Session } from '../../../shared/contract/session';
import { t } from '../../../shared/messages/language';
import { isOwnClient } from '../../../shared/model/own-clients';
import { routeHash } from '../../store/route';
import { useActions, useHoldfast } from '../../store/use-holdfast';
import { useRefresh } from '../../store/use-refresh';
import { Button } from '../../ui/button';
import { Card } from '../../ui/card';
import { toastError } from '../../ui/toast';
import { FoundList } from '../connect/found/found-list';
import { FirstSession } from './first-session';
import { OwnServers } from './own-servers';
import { SeeItWork } from './see-it-work';
import { StartupQuestion } from './startup-question';
import { Step } from './step';

/** What a new user does first, in three steps. Shown until it was done or skipped, then never again. */
export function FirstSteps() {
  const { loadFirstRun } = useActions();
  const isOpen = useHoldfast((state) => state.isFirstRun);
  useRefresh(loadFirstRun);
  return isOpen === true ? <Steps /> : null;
}

const isReal = (session: Session): boolean => !session.probe && !isOwnClient(session);

function Steps() {
  const { endFirstRun } = useActions();
  const [busy, setBusy] = useState(false);
  const hasClient = useHoldfast((state) => state.clients?.some(({ type_name }) => type_name !== DEMO_CLIENT) ?? false);
  const hasServers = useHoldfast((state) => state.servers !== null && state.servers.servers.length > 0);
  const sessions = useHoldfast((state) => state.sessions);
  const first = useMemo(() => [...sessions.values()].find(isReal) ?? null, [sessions]);
  const end = async () => {
    setBusy(true);
    try {
      await endFirstRun();
    } catch (error) {
      toastError(t('first_run.title'), error);
      setBusy(false);
    }
  };
  return (
    <Card
      title={t('first_run.title')}
      bodyClassName=""
      aside={
        <Button size="sm" variant="ghost" disabled={busy} onClick={() => void end()}>
          {t('first_run.skip')}
        </Button>
      }
    >
      <ol className="divide-y divide-line">
        <Step number={1} title={t('first_run.clients')} about={t('first_run.clients.about')} isDone={hasClient}>
          <div className="rounded-md border border-line">
            <FoundList />
          </div>
          <a
            href={routeHash({ view: 'connect', id: null, params: {} })}
            className="mt-2 inline-block rounded font-medium text-accent text-sm hover:underline"
          >
            {t('first_run.clients.other')}
          </a>
        </Step>
        <Step number={2} title={t('first_run.servers')} isDone={hasServers}>
          <OwnServers />
        </Step>
        <Step number={3} title={t('first_run.session')} isDone={first !== null}>
          <FirstSession session={first} />
          {first === null && <SeeItWork />}
        </Step>
      </ol>
      <div className="flex min-h-14 flex-wrap items-center gap-x-3 gap-y-2 border-line border-t px-5 py-3">
        <StartupQuestion />
        <Button
          variant={hasClient && first !== null ? 'primary' : 'secondary'}
          disabled={busy}
          className="ms-auto"
          onClick={() => void end()}
        >
          {t('first_run.done')}
        </Button>
      </div>
    </Card>
  );
}
