import { t } from '../../../shared/messages/language';
import { useActions } from '../../store/use-holdfast';
import { Card } from '../../ui/card';
import { ErrorNote } from '../../ui/error-note';
import { Said } from '../../ui/said';
import { SwitchRow } from './switch-row';
import { useAnswer } from './use-answer';

/** Whether the system starts Holdfast when the user logs in; where it cannot, why. */
export function StartupSection() {
  const { loadStartup, setStartup } = useActions();
  const { answer, error, take } = useAnswer(loadStartup);
  return (
    <Card title={t('startup.title')} bodyClassName="px-4">
      {error !== null && <ErrorNote error={error} className="my-3" />}
      <SwitchRow
        label={t('startup.label')}
        help={t('startup.help')}
        text={t('startup.switch')}
        checked={answer?.enabled ?? false}
        disabled={!answer?.possible}
        note={answer?.note && <Said text={answer.note} />}
        onChange={(enabled) => take(setStartup(enabled))}
      />
      {answer?.tray === false && <p className="pb-3 text-ink-2 text-sm">{t('startup.no_tray')}</p>}
    </Card>
  );
}
