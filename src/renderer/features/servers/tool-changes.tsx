import { ChevronRight } from 'lucide-react';
import { useCallback, useEffect, useState } from 'react';
import type { Server } from '../../../shared/contract/server';
import type { ToolChanges as Changes, ToolChange } from '../../../shared/contract/tool-change';
import { t } from '../../../shared/messages/language';
import { MINUTE, SECOND } from '../../../shared/model/units';
import { showInvisible } from '../../../shared/visible-text';
import { useActions } from '../../store/use-holdfast';
import { type Pace, useRefresh } from '../../store/use-refresh';
import { Button } from '../../ui/button';
import { cx } from '../../ui/cx';
import { ErrorNote } from '../../ui/error-note';
import { RelativeTime } from '../../ui/relative-time';

const PACE: Pace = { afterEvents: SECOND, anyway: MINUTE, isNews: ({ kind }) => kind.startsWith('server_') };
const MARKS = { ' ': 'text-ink-3', '-': 'text-danger', '+': 'text-active' } as const;

/** What a server's tools say of themselves that they did not say when they were used; collapsed until opened. */
export function ToolChanges({ server: { name, tool_changes } }: { server: Server }) {
  const [isOpen, setOpen] = useState(false);
  const { changed, held, version } = tool_changes;
  if (changed === 0 && !version) return null;
  return (
    <details className="group text-sm" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary className="flex min-h-6 w-fit list-none items-center gap-1 rounded text-ink-2 hover:text-ink">
        <ChevronRight size={14} aria-hidden className="shrink-0 transition-transform group-open:rotate-90" />
        {changed === 0 ? t('servers.version_changed') : t('servers.changes', { count: changed })}
        {held > 0 && <span className="text-disconnected">{t('servers.changes_held')}</span>}
      </summary>
      {isOpen && <Opened name={name} />}
    </details>
  );
}

/** Loads the changes, which counts as having looked at them. */
function Opened({ name }: { name: string }) {
  const { loadToolChanges, lookAtToolChanges, acceptToolChanges } = useActions();
  const [changes, setChanges] = useState<Changes | null>(null);
  const [failure, setFailure] = useState<unknown>(null);
  const load = useCallback(async () => setChanges(await loadToolChanges(name)), [loadToolChanges, name]);
  const error = useRefresh(load, PACE);
  const isLoaded = changes !== null;
  useEffect(() => {
    // It only ends a notification; the next look does it again.
    if (isLoaded) lookAtToolChanges(name).catch(() => {});
  }, [isLoaded, lookAtToolChanges, name]);
  const accept = (tool?: string) =>
    acceptToolChanges(name, tool)
      .then(load)
      .then(() => setFailure(null), setFailure);
  return (
    <div className="mt-1.5 flex flex-col gap-3 ps-5">
      {(failure ?? error) !== null && <ErrorNote error={failure ?? error} />}
      {changes?.changes.map((change) => (
        <Change key={change.tool ?? ''} change={change} onAccept={() => accept(change.tool ?? undefined)} />
      ))}
      {changes !== null && changes.more > 0 && <p>{t('servers.changes_more', { count: changes.more })}</p>}
      {changes !== null && changes.changes.length > 1 && (
        <Button size="sm" className="self-start" onClick={() => void accept()}>
          {t('servers.changes_accept_all')}
        </Button>
      )}
    </div>
  );
}

function Change({ change: { tool, changed_at, held, fields }, onAccept }: { change: ToolChange; onAccept(): void }) {
  return (
    <section className="flex min-w-0 flex-col gap-1">
      <h4 className="flex flex-wrap items-baseline gap-x-2">
        {tool === null ? (
          <span className="font-medium text-ink">{t('servers.version_changed')}</span>
        ) : (
          <code translate="no" className="break-all font-mono text-ink text-xs">
            {showInvisible(tool)}
          </code>
        )}
        <RelativeTime at={changed_at} coarse className="text-ink-3" />
        {held && <span className="text-disconnected">{t('servers.changes_held')}</span>}
      </h4>
      {fields.map(({ field, lines }) => (
        <div key={field} translate="no">
          <span className="text-ink-3 text-xs">{field}</span>
          <ul className="overflow-x-auto rounded border border-line bg-sunken px-2 py-1 font-mono text-xs">
            {lines.map(({ mark, text }, at) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: lines of a text have nothing else, and none is moved
              <li key={at} className={cx('whitespace-pre-wrap break-words', MARKS[mark])}>
                {`${mark} ${showInvisible(text)}`}
              </li>
            ))}
          </ul>
        </div>
      ))}
      {tool !== null && (
        <Button
          size="sm"
          className="self-start"
          aria-label={t('servers.changes_accept_tool', { tool: showInvisible(tool) })}
          onClick={onAccept}
        >
          {t('servers.changes_accept')}
        </Button>
      )}
    </section>
  );
}
