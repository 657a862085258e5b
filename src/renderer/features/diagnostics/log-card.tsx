import { useCallback, useRef, useState } from 'react';
import type { LogLevel, LogLine } from '../../../shared/contract/diagnostics';
import { LOG_LEVELS } from '../../../shared/contract/diagnostics';
import { t } from '../../../shared/messages/language';
import { SECOND } from '../../../shared/model/units';
import { visible } from '../../../shared/visible-text';
import { formatDateTime } from '../../format/time';
import { useActions } from '../../store/use-holdfast';
import { type Pace, useRefresh } from '../../store/use-refresh';
import { Card } from '../../ui/card';
import { cx } from '../../ui/cx';
import { ErrorNote } from '../../ui/error-note';
import { INPUT } from '../../ui/field';
import { ScrollRegion } from '../../ui/scroll-region';
import { Segmented } from '../../ui/segmented';

const LEVELS = [
  { value: 'debug', label: t('diagnostics.log.debug') },
  { value: 'info', label: t('diagnostics.log.info') },
  { value: 'warn', label: t('diagnostics.log.warn') },
  { value: 'error', label: t('diagnostics.log.error') },
] as const;
const PACE: Pace = { afterEvents: 2 * SECOND, anyway: 10 * SECOND, isNews: () => true };

interface Shown {
  readonly lines: readonly LogLine[];
  readonly has_more: boolean;
}

/** The newest lines of the log, without secrets, by level and by word. */
export function LogCard() {
  const { loadLog } = useActions();
  const [level, setLevel] = useState<LogLevel>('info');
  const [text, setText] = useState('');
  const [shown, setShown] = useState<Shown | null>(null);
  const asked = useRef(0);
  const load = useCallback(async () => {
    asked.current += 1;
    const turn = asked.current;
    const next = await loadLog({ level, text });
    // What was asked later is what the user wants to see.
    if (turn === asked.current) setShown(next);
  }, [loadLog, level, text]);
  const error = useRefresh(load, PACE);
  return (
    <Card title={t('diagnostics.log')} bodyClassName="p-4">
      <div className="flex flex-wrap items-center gap-3">
        <input
          type="search"
          aria-label={t('diagnostics.log_filter')}
          placeholder={t('diagnostics.log_filter')}
          autoComplete="off"
          spellCheck={false}
          maxLength={200}
          value={text}
          onChange={(event) => setText(event.target.value)}
          className={cx(INPUT, 'w-auto min-w-40 flex-1')}
        />
        <Segmented label={t('diagnostics.log_level')} value={level} options={LEVELS} onChange={setLevel} />
      </div>
      {error !== null && <ErrorNote error={error} className="mt-2" />}
      <ScrollRegion
        label={t('diagnostics.log_lines')}
        className="mt-3 h-80 rounded-md border border-line bg-sunken p-2"
      >
        {shown?.lines.length === 0 && <p className="text-ink-2 text-sm">{t('diagnostics.log_none')}</p>}
        <ol className="flex flex-col gap-0.5 font-mono text-xs">
          {shown?.lines.toReversed().map((line, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: lines have no name of their own, and two may be alike
            <Line key={`${line.at} ${index}`} line={line} />
          ))}
        </ol>
      </ScrollRegion>
      <p className="mt-1 min-h-5 text-ink-2 text-sm">
        {shown?.has_more ? t('diagnostics.log_more', { count: shown.lines.length }) : t('diagnostics.log_newest')}
      </p>
    </Card>
  );
}

function Line({ line: { at, level, message, detail } }: { line: LogLine }) {
  const isError = level >= LOG_LEVELS.error;
  const isWarning = level >= LOG_LEVELS.warn;
  const word = isError ? 'error' : isWarning ? 'warn' : level >= LOG_LEVELS.info ? 'info' : 'debug';
  return (
    <li className="break-words text-ink">
      <span className="text-ink-2">{formatDateTime(at)}</span>{' '}
      <span className={cx('font-semibold', isError ? 'text-danger' : isWarning ? 'text-disconnected' : 'text-ink-2')}>
        {t(`diagnostics.log_word.${word}`)}
      </span>{' '}
      <span translate="no">
        {visible(message)}
        {detail !== '' && <span className="text-ink-2"> {visible(detail)}</span>}
      </span>
    </li>
  );
}
