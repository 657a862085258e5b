import { RotateCw } from 'lucide-react';
import { useEffect, useState } from 'react';
import type { Activity } from '../../../../shared/contract/activity';
import type { AgainPreview, AgainState, RecordedPart } from '../../../../shared/contract/activity-contents';
import { HoldfastError } from '../../../../shared/errors';
import { t } from '../../../../shared/messages/language';
import { showInvisible, visible } from '../../../../shared/visible-text';
import { useActions } from '../../../store/use-holdfast';
import { Button } from '../../../ui/button';
import { Dialog } from '../../../ui/dialog';
import { ErrorNote } from '../../../ui/error-note';
import { SessionCell } from '../session-cell';
import { MessagePart } from './message-part';

/** How often is asked how far the call is. */
const PERIOD = 300;
/** How long after a question without an answer it is asked again. */
const RETRY = 2_000;

/** Makes a recorded call of a tool again, once it was shown what is sent; or says why that cannot be. */
export function CallAgain({ row, params }: { row: Activity; params: RecordedPart }) {
  const { previewAgain } = useActions();
  const [preview, setPreview] = useState<AgainPreview | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [isOpen, setOpen] = useState(false);
  useEffect(() => {
    let isLeft = false;
    setPreview(null);
    previewAgain(row.activity_id).then(
      (found) => !isLeft && setPreview(found),
      (failure: unknown) => !isLeft && setError(failure),
    );
    return () => {
      isLeft = true;
    };
  }, [previewAgain, row.activity_id]);

  if (error !== null) return <ErrorNote error={error} />;
  if (preview === null || preview.refusal === 'no_tool') return null;
  if (preview.refusal !== null) {
    return <p className="text-ink-3 text-sm">{t(`contents.again.refusal.${preview.refusal}`)}</p>;
  }
  return (
    <>
      <Button size="sm" className="self-start" icon={<RotateCw size={14} aria-hidden />} onClick={() => setOpen(true)}>
        {t('contents.again')}
      </Button>
      {isOpen && (
        <AgainDialog row={row} params={params} isReadOnly={preview.read_only} onClose={() => setOpen(false)} />
      )}
    </>
  );
}

interface AgainDialogProps {
  row: Activity;
  params: RecordedPart;
  isReadOnly: boolean;
  onClose(): void;
}

function AgainDialog({ row, params, isReadOnly, onClose }: AgainDialogProps) {
  const { callAgain, cancelAgain } = useActions();
  const [callId, setCallId] = useState<string | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [isStarting, setStarting] = useState(false);
  const { state, isLost } = useAgain(callId, setError);
  // Not being told of it does not end a call.
  const isRunning = callId !== null && !isLost && (state?.is_running ?? true);
  const call = () => {
    if (isStarting || isRunning) return;
    setError(null);
    setCallId(null);
    setStarting(true);
    callAgain(row.activity_id)
      .then(setCallId, setError)
      .finally(() => setStarting(false));
  };
  return (
    <Dialog
      open
      wide
      onClose={() => {
        if (isRunning && callId !== null) cancelAgain(callId).catch(() => {});
        onClose();
      }}
      title={t('contents.again.title', { tool: showInvisible(row.name ?? row.method) })}
      description={t(isReadOnly ? 'contents.again.read_only' : 'contents.again.changes')}
      footer={
        // Each has a place of its own, so that a second click does not hit the other.
        <>
          {isRunning && (
            <Button onClick={() => cancelAgain(callId).catch(setError)}>{t('contents.again.cancel')}</Button>
          )}
          <Button variant="primary" disabled={isStarting || isRunning} onClick={call}>
            {t(state === null ? 'contents.again.call' : 'contents.again.call_more')}
          </Button>
        </>
      }
    >
      <dl className="mb-3 grid grid-cols-[6rem_1fr] gap-x-3 gap-y-1 text-sm">
        <dt className="text-ink-3">{t('activity.column.server')}</dt>
        <dd translate="no" className="break-words">
          {visible(row.server ?? '')}
        </dd>
        <dt className="text-ink-3">{t('activity.column.session')}</dt>
        <dd className="min-w-0">
          <SessionCell row={row} />
        </dd>
      </dl>
      <div className="flex flex-col gap-3">
        <MessagePart title={t('contents.arguments')} part={params} inner="arguments" />
        {error !== null && <ErrorNote error={error} />}
        <div role="status" className="min-h-6 text-ink-2 text-sm">
          {isStarting || isRunning
            ? t('contents.again.running')
            : state?.outcome && t(`contents.again.outcome.${state.outcome}`)}
        </div>
        {state?.result && <MessagePart title={t('contents.result')} part={state.result} inner={null} />}
        {state?.error && <MessagePart title={t('contents.error')} part={state.error} inner={null} />}
      </div>
    </Dialog>
  );
}

/** How far a call is, asked until it is over; lost if nothing is known of it any more. */
function useAgain(
  callId: string | null,
  onError: (error: unknown) => void,
): { state: AgainState | null; isLost: boolean } {
  const { loadAgain } = useActions();
  const [state, setState] = useState<AgainState | null>(null);
  const [isLost, setLost] = useState(false);
  useEffect(() => {
    setState(null);
    setLost(false);
    if (callId === null) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let isLeft = false;
    const ask = () =>
      loadAgain(callId).then(
        (next) => {
          if (isLeft) return;
          onError(null);
          setState(next);
          if (next.is_running) timer = setTimeout(() => void ask(), PERIOD);
        },
        (failure: unknown) => {
          if (isLeft) return;
          onError(failure);
          if (failure instanceof HoldfastError && failure.code === 'activity_not_found') setLost(true);
          else timer = setTimeout(() => void ask(), RETRY);
        },
      );
    void ask();
    return () => {
      isLeft = true;
      clearTimeout(timer);
    };
  }, [callId, loadAgain, onError]);
  return { state, isLost };
}
