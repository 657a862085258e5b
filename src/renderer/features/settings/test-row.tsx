import { useState } from 'react';
import type { AlertTest } from '../../../shared/contract/alert';
import { t } from '../../../shared/messages/language';
import { useActions } from '../../store/use-holdfast';
import { Button } from '../../ui/button';
import { errorSentence } from '../../ui/error-note';
import { RichMessage } from '../../ui/rich-message';
import { Said } from '../../ui/said';
import { RowFrame } from './setting-frame';

/** Tells of a test, and says what came of it. */
export function TestRow() {
  const { testAlerts } = useActions();
  const [isBusy, setBusy] = useState(false);
  const [result, setResult] = useState<AlertTest | null>(null);
  const [error, setError] = useState<string | null>(null);
  const send = async () => {
    setBusy(true);
    setResult(null);
    setError(null);
    try {
      setResult(await testAlerts());
    } catch (failure) {
      setError(errorSentence(failure));
    }
    setBusy(false);
  };
  return (
    <RowFrame
      label={t('notifications.test')}
      help={t('notifications.test.help')}
      error={error}
      note={<div role="status">{result && <TestWords result={result} />}</div>}
    >
      <Button className="self-start" disabled={isBusy} onClick={() => void send()}>
        {t('notifications.test.send')}
      </Button>
    </RowFrame>
  );
}

function TestWords({ result: { notification, webhook } }: { result: AlertTest }) {
  return (
    <>
      <p>{t(`notifications.test.${notification}`)}</p>
      {webhook !== null && (
        <p className="break-words">
          {webhook.problem === null ? (
            t('notifications.test.posted')
          ) : (
            <RichMessage
              id="notifications.test.not_posted"
              values={{ problem: () => <Said text={webhook.problem ?? ''} /> }}
            />
          )}
        </p>
      )}
    </>
  );
}
