import { CircleCheck, CircleX } from 'lucide-react';
import { useEffect, useState } from 'react';
import type { ServerTest } from '../../../shared/contract/server';
import { errorText } from '../../../shared/model/server-words';
import { showInvisible } from '../../../shared/visible-text';
import { formatCount, formatLatency } from '../../format/number';
import { formatRoughly } from '../../format/time';
import { useHoldfast } from '../../store/use-holdfast';
import { Button } from '../../ui/button';
import { Dialog } from '../../ui/dialog';
import { ErrorNote } from '../../ui/error-note';
import { ScrollRegion } from '../../ui/scroll-region';
import { OutputLines } from './output-lines';

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
    <Dialog
      open
      wide
      onClose={onClose}
      title={`Test of ${name}`}
      description="Starts a separate copy, lists its tools, stops it."
    >
      <div className="flex min-h-40 flex-col gap-3">
        {error !== null && <ErrorNote error={error} />}
        {test ? <Outcome name={name} test={test} /> : error === null && <Running />}
        <div className="mt-auto flex justify-end">
          <Button onClick={onClose}>Close</Button>
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
      Waiting for an answer, at most 30 s. <span aria-hidden>{so} so far.</span>
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
            {ok ? `Responded after ${formatLatency(duration_ms)}.` : 'Test failed.'}
          </p>
          <p className="break-words text-ink-2">
            {ok
              ? `${formatCount(tools.length, 'tool')}, ${formatCount(resources, 'resource')}, ${formatCount(prompts, 'prompt')}.`
              : showInvisible(errorText(error ?? 'No reason was given.'))}
          </p>
          {server_info && (
            <p className="text-ink-3 text-sm">
              {showInvisible(`${server_info.name} ${server_info.version}`)}
              {protocol_version !== null && `, protocol ${protocol_version}`}
            </p>
          )}
        </div>
      </div>
      {tools.length > 0 && (
        <ScrollRegion label={`Tools of ${name}`} className="max-h-40 rounded-md border border-line bg-sunken px-3 py-2">
          <ul className="flex flex-wrap gap-x-4 gap-y-0.5 font-mono text-ink-2 text-xs">
            {tools.map((tool) => (
              <li key={tool}>{showInvisible(tool)}</li>
            ))}
          </ul>
        </ScrollRegion>
      )}
      {!ok && <OutputLines label={`Output of ${name}`} lines={stderr_tail} className="h-40" />}
    </>
  );
}
