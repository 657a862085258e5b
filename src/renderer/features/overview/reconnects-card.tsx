import { useCallback } from 'react';
import { t } from '../../../shared/messages/language';
import { ReconnectsChart } from '../../charts/reconnects-chart';
import { routeHash } from '../../store/route';
import { useActions, useHoldfast } from '../../store/use-holdfast';
import { useRefresh } from '../../store/use-refresh';
import { Card } from '../../ui/card';
import { ErrorNote } from '../../ui/error-note';

const RANGE = '24h';
const HEIGHT = 150;

/** Reconnects of the last 24 hours; History has the rest. */
export function ReconnectsCard() {
  const { loadHistory, navigate } = useActions();
  const history = useHoldfast((state) => state.history[RANGE] ?? null);
  const error = useRefresh(useCallback(() => loadHistory(RANGE), [loadHistory]));
  const params = { range: RANGE };
  return (
    <Card
      title={t('overview.reconnects')}
      aside={
        <a
          href={routeHash({ view: 'history', id: null, params })}
          className="rounded font-medium text-accent text-sm hover:underline"
        >
          {t('overview.history')}
        </a>
      }
    >
      {error !== null && !history ? (
        <ErrorNote error={error} />
      ) : (
        <ReconnectsChart history={history} height={HEIGHT} onPick={() => navigate('history', { params })} />
      )}
    </Card>
  );
}
