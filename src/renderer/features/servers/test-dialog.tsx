import { CircleCheck, CircleX } from 'lucide-react';
import { useEffect, useState } from 'react';
import type { ServerTest } from '../../../shared/contract/server';
import { t } from '../../../shared/messages/language';
import { showInvisible } from '../../../shared/visible-text';
import { errorWords, isForeignError } from '../../format/error-words';
import { formatLatency } from '../../format/number';
import { formatRoughly } from '../../format/time';
import { useHoldfast } from '../../store/use-holdfast';
import { Button } from '../../ui/button';
import { Dialog } from '../../ui/dialog';
import { ErrorNote } from '../../ui/error-note';
import { RichMessage } from '../../ui/rich-message';
import { ScrollRegion } from '../../ui/scroll-region';
import { OutputLines } from './output-lines';
import { ProgramWords } from './program-words';

/** The result of testing a server: it was started once, outside all sessions. */
export function TestDialog({ name, result, onClose }: { name: string; result: Promise<ServerTest>; onClose(): void }) {
  const [test, setTest] = useState<ServerTest | null>(null);
  const [error, setError] = useState<unknown>(null);
  useEffect(() => {
    let dropped = false;
    result.then(
      (answer) => !dropped && setTest(answer),
      (failure: unknown) => !dropped && setError(failure),
    );
    return () => {
      dropped = true;
    };
  }, [result]);
  return (
    <Dialog open wide onClose={onClose} title={t('servers.test.title', { name })} description={t('servers.test.what')}>
      <div className="flex min-h-40 flex-col gap-3">
        {error !== null && <ErrorNote error={error} />}
        {test ? <Outcome name={name} test={test} /> : error === null && <Running />}
        <div className="mt-auto flex justify-end">
          <Button onClick={onClose}>{t('servers.test.close')}</Button>
        </div>
      </div>
    </Dialog>
  );
}

function Running() {
  const [since] = useState(() => Date.now());
  const so = useHoldfast(({ now }) => formatRoughly(now - since));
  return (
    <p role="status" className="text-ink-2">
      <RichMessage id="servers.test.running" values={{ length: so, time: (text) => <span aria-hidden>{text}</span> }} />
    </p>
  );
}

function Outcome({ name, test }: { name: string; test: ServerTest }) {
  const { ok, error, server_info, protocol_version, tools, resources, prompts, duration_ms, stderr_tail } = test;
  return (
    <>
      <div role="status" data-ok={ok} className="flex items-start gap-2.5">
        {ok ? (
          <CircleCheck size={20} aria-hidden className="mt-0.5 shrink-0 text-active" />
        ) : (
          <CircleX size={20} aria-hidden className="mt-0.5 shrink-0 text-danger" />
        )}
        <div className="min-w-0">
          <p className="font-semibold text-ink">
            {ok ? t('servers.test.ok', { time: formatLatency(duration_ms) }) : t('servers.test.failed')}
          </p>
          {ok ? (
            <p className="text-ink-2">{t('servers.test.offers', { tools: tools.length, resources, prompts })}</p>
          ) : (
            <p
              translate={error !== null && isForeignError(error) ? 'no' : undefined}
              className="break-words text-ink-2"
            >
              {error === null ? t('servers.test.no_reason') : showInvisible(errorWords(error))}
            </p>
          )}
          {server_info && (
            <p className="text-ink-3 text-sm">
              <ProgramWords info={server_info} protocol={protocol_version} />
            </p>
          )}
        </div>
      </div>
      {tools.length > 0 && (
        <ScrollRegion
          label={t('servers.test.tools', { name })}
          className="max-h-40 rounded-md border border-line bg-sunken px-3 py-2"
        >
          <ul translate="no" className="flex flex-wrap gap-x-4 gap-y-0.5 font-mono text-ink-2 text-xs">
            {tools.map((tool) => (
              <li key={tool}>{showInvisible(tool)}</li>
            ))}
          </ul>
        </ScrollRegion>
      )}
      {!ok && <OutputLines label={t('servers.output.of', { name })} lines={stderr_tail} className="h-40" />}
    </>
  );
}
