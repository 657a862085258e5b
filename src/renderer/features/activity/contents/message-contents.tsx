import { Circle } from 'lucide-react';
import { type ReactNode, useEffect, useMemo, useState } from 'react';
import type { Activity } from '../../../../shared/contract/activity';
import {
  type Contents,
  type RecordedPart,
  type RecordingChange,
  USUAL_RECORDED_MINUTES,
} from '../../../../shared/contract/activity-contents';
import { t } from '../../../../shared/messages/language';
import { visible } from '../../../../shared/visible-text';
import { formatBytes } from '../../../format/number';
import { useActions, useHoldfast } from '../../../store/use-holdfast';
import { Button } from '../../../ui/button';
import { ErrorNote } from '../../../ui/error-note';
import { blocksOf } from './blocks';
import { JsonTree } from './json-tree';
import { ResultBlocks } from './result-blocks';

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
        <Part
          title={t(isCall ? 'contents.arguments' : 'contents.params')}
          part={params}
          inner={isCall ? 'arguments' : null}
        />
      )}
      {result && <Part title={t('contents.result')} part={result} inner={null} />}
      {error && <Part title={t('contents.error')} part={error} inner={null} />}
    </>
  );
}

/** One part of a message. @param inner - the member that is shown in place of all of it */
function Part({ title, part, inner }: { title: string; part: RecordedPart; inner: string | null }) {
  const value = useMemo<unknown>(() => (part.json === null ? null : JSON.parse(part.json)), [part.json]);
  const shown = inner === null ? value : memberOf(value, inner);
  return (
    <div>
      <h3 className="mb-1 flex flex-wrap items-baseline gap-x-2 font-medium text-ink text-sm">
        {title}
        <span className="font-normal text-ink-3 text-xs">{notesOf(part)}</span>
      </h3>
      {part.json !== null &&
        (isEmpty(shown) ? (
          <p className="text-ink-3 text-sm">{t('contents.empty')}</p>
        ) : (
          <Value title={title} value={shown} />
        ))}
    </div>
  );
}

function Value({ title, value }: { title: string; value: unknown }): ReactNode {
  const blocks = blocksOf(value);
  const structured = memberOf(value, 'structuredContent');
  if (blocks === null) return <JsonTree title={title} value={value} />;
  return (
    <>
      <ResultBlocks title={title} blocks={blocks} />
      {structured !== undefined && (
        <div className="mt-2">
          <h4 className="mb-1 text-ink-3 text-xs">{t('contents.structured')}</h4>
          <JsonTree title={t('contents.structured')} value={structured} />
        </div>
      )}
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

function notesOf({ json, bytes, cut, masked }: RecordedPart): string {
  const size = formatBytes(bytes);
  const length =
    json === null ? t('contents.too_long', { bytes: size }) : cut ? t('contents.cut', { bytes: size }) : '';
  return [length, masked > 0 ? t('contents.masked', { count: masked }) : ''].filter((note) => note !== '').join(' · ');
}

const memberOf = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;

const isEmpty = (value: unknown): boolean =>
  value === undefined || (typeof value === 'object' && value !== null && Object.keys(value).length === 0);
