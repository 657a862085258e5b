import { Circle } from 'lucide-react';
import { useEffect, useState } from 'react';
import type { Activity } from '../../../../shared/contract/activity';
import {
  type Contents,
  type RecordingChange,
  USUAL_RECORDED_MINUTES,
} from '../../../../shared/contract/activity-contents';
import { t } from '../../../../shared/messages/language';
import { visible } from '../../../../shared/visible-text';
import { useActions, useHoldfast } from '../../../store/use-holdfast';
import { Button } from '../../../ui/button';
import { ErrorNote } from '../../../ui/error-note';
import { CallAgain } from './call-again';
import { MessagePart } from './message-part';

/** What was in one message, if it was recorded; otherwise how to have it recorded. Part of the details of a message. */
export function MessageContents({ row }: { row: Activity }) {
  const { loadMessage } = useActions();
  const [found, setFound] = useState<{ id: number; contents: Contents | null } | null>(null);
  const [error, setError] = useState<unknown>(null);
  const id = row.activity_id;
  useEffect(() => {
    let isLeft = false;
    setError(null);
    loadMessage(id).then(
      ({ contents }) => !isLeft && setFound({ id, contents }),
      (failure: unknown) => !isLeft && setError(failure),
    );
    return () => {
      isLeft = true;
    };
  }, [loadMessage, id]);

  return (
    <section aria-label={t('contents.title')} className="flex min-h-24 flex-col gap-3 px-5 pb-4">
      {error !== null && <ErrorNote error={error} />}
      {found?.id === id &&
        (found.contents === null ? <NotRecorded row={row} /> : <Parts row={row} contents={found.contents} />)}
    </section>
  );
}

function Parts({ row, contents: { params, result, error } }: { row: Activity; contents: Contents }) {
  const isCall = row.method === 'tools/call';
  return (
    <>
      {params && (
        <MessagePart
          title={t(isCall ? 'contents.arguments' : 'contents.params')}
          part={params}
          inner={isCall ? 'arguments' : null}
        />
      )}
      {result && <MessagePart title={t('contents.result')} part={result} inner={null} />}
      {error && <MessagePart title={t('contents.error')} part={error} inner={null} />}
      {isCall && params && row.direction === 'to_server' && <CallAgain row={row} params={params} />}
    </>
  );
}

function NotRecorded({ row: { server } }: { row: Activity }) {
  const { setRecording } = useActions();
  const recording = useHoldfast((state) => state.recording);
  const [error, setError] = useState<unknown>(null);
  const isOn =
    recording !== null &&
    (recording.everything_left_ms !== null || (server !== null && recording.servers.includes(server)));
  const record = (change: RecordingChange) => {
    setError(null);
    setRecording(change).catch(setError);
  };
  return (
    <>
      <p className="text-ink-3 text-sm">{t('contents.none')}</p>
      {isOn ? (
        <p className="text-ink-2 text-sm">{t('contents.none.on')}</p>
      ) : (
        <>
          <div className="flex flex-wrap gap-2">
            <Button
              size="sm"
              icon={<Circle size={12} aria-hidden />}
              onClick={() => record({ minutes: USUAL_RECORDED_MINUTES })}
            >
              {t('contents.record.everything', { minutes: USUAL_RECORDED_MINUTES })}
            </Button>
            {server !== null && (
              <Button size="sm" className="max-w-full" onClick={() => record({ servers: { [server]: true } })}>
                <span className="truncate">{t('contents.record.server', { server: visible(server) })}</span>
              </Button>
            )}
          </div>
          <p className="text-ink-3 text-sm">{t('contents.none.masks')}</p>
        </>
      )}
      {error !== null && <ErrorNote error={error} />}
    </>
  );
}
