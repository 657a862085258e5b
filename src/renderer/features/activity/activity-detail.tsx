import { X } from 'lucide-react';
import { type KeyboardEvent, useId, useMemo, useState } from 'react';
import type { Activity } from '../../../shared/contract/activity';
import { t } from '../../../shared/messages/language';
import { shortId } from '../../../shared/model/ids';
import { MINUTE, type Ms } from '../../../shared/model/units';
import { showInvisible, visible } from '../../../shared/visible-text';
import { formatBytes, formatLatency } from '../../format/number';
import { formatDateTime, formatDuration } from '../../format/time';
import { routeHash } from '../../store/route';
import { useHoldfast } from '../../store/use-holdfast';
import { Button, IconButton } from '../../ui/button';
import { Fact } from '../../ui/fact';
import { ScrollRegion } from '../../ui/scroll-region';
import { BundleDialog } from '../diagnostics/bundle-dialog';
import { whatWords } from './activity-columns';
import { MessageContents } from './contents/message-contents';
import { AroundThisMoment } from './moment';
import { OutcomeMark } from './outcome-mark';
import { SessionCell } from './session-cell';

/** Before a message came and after it ended: what a bundle for a bug report holds. */
const BUNDLED: Ms = 10 * MINUTE;

/** One message beside the table: what is known of it, with the way to its session and its server. */
export function ActivityDetail({ row, onClose }: { row: Activity; onClose(): void }) {
  const id = useId();
  const client = useHoldfast((state) => state.clients?.find(({ client_id }) => client_id === row.client_id)?.name);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Escape' || event.defaultPrevented) return;
    event.preventDefault();
    onClose();
  };
  return (
    <section
      aria-labelledby={id}
      onKeyDown={onKeyDown}
      className="flex w-[21rem] shrink-0 flex-col border-line border-s bg-surface min-[1000px]:w-[24rem] min-[1200px]:w-[28rem]"
    >
      <div className="flex items-start gap-2 px-5 pt-3 pb-2">
        <h2 id={id} translate="no" className="min-w-0 flex-1 break-words font-semibold text-ink text-lg">
          {showInvisible(whatWords(row))}
        </h2>
        <IconButton label={t('ui.close')} onClick={onClose}>
          <X size={16} aria-hidden />
        </IconButton>
      </div>
      <ScrollRegion label={t('activity.detail')} className="min-h-0 flex-1 border-line border-t">
        <dl className="grid grid-cols-[8rem_1fr] gap-x-3 gap-y-1.5 px-5 py-3 text-sm">
          <Fact name={t('activity.column.outcome')}>
            <OutcomeMark row={row} />
          </Fact>
          {row.error !== null && (
            <Fact name={t('activity.fact.error')}>
              <span translate="no" className="whitespace-pre-wrap break-words">
                {visible(row.error)}
                {row.error_code !== null && ` (${row.error_code})`}
              </span>
            </Fact>
          )}
          <Fact name={t('activity.fact.method')}>
            <span translate="no">{visible(row.method)}</span>
          </Fact>
          <Fact name={t('activity.fact.direction')}>
            {isByHand(row) ? t('contents.by_hand') : t(`activity.direction.${row.direction}`)}
          </Fact>
          <Fact name={t('activity.fact.at')}>{formatDateTime(row.at)}</Fact>
          {row.duration_ms !== null && (
            <Fact name={t('activity.column.duration')}>{formatLatency(row.duration_ms)}</Fact>
          )}
          {row.first_ms !== null && row.first_ms !== row.duration_ms && (
            <Fact name={t('activity.fact.first')}>{formatLatency(row.first_ms)}</Fact>
          )}
          {row.held_ms > 0 && <Fact name={t('activity.fact.held')}>{formatDuration(row.held_ms)}</Fact>}
          {row.repeated && <Fact name={t('activity.fact.repeated')}>{t('activity.fact.repeated.text')}</Fact>}
          <Fact name={t('activity.fact.sizes')}>
            {row.kind === 'notification'
              ? formatBytes(row.bytes_in)
              : t('activity.fact.sizes.both', { sent: formatBytes(row.bytes_in), got: formatBytes(row.bytes_out) })}
          </Fact>
          <Fact name={t('activity.column.server')}>
            {row.server === null ? (
              t('activity.fact.nobody')
            ) : (
              <a href={routeHash({ view: 'servers', id: row.server, params: {} })} className={LINK} translate="no">
                {visible(row.server)}
              </a>
            )}
          </Fact>
          {row.pid !== null && <Fact name={t('activity.fact.process')}>{String(row.pid)}</Fact>}
          {row.session_id !== null && (
            <Fact name={t('activity.column.session')}>
              <a
                href={routeHash({ view: 'sessions', id: row.session_id, params: { show: 'all' } })}
                translate="no"
                title={shortId(row.session_id)}
                className={LINK}
              >
                <SessionCell row={row} />
              </a>
            </Fact>
          )}
          {client !== undefined && (
            <Fact name={t('activity.fact.client')}>
              <span translate="no">{visible(client)}</span>
            </Fact>
          )}
        </dl>
        <MessageContents row={row} />
        <AroundThisMoment row={row} />
        <MomentBundle row={row} />
      </ScrollRegion>
    </section>
  );
}

/** What concerns the message, as a file for somebody else. */
function MomentBundle({ row: { session_id, at, duration_ms } }: { row: Activity }) {
  const [isOpen, setOpen] = useState(false);
  const scope = useMemo(
    () => ({
      ...(session_id !== null && { session_id }),
      from: Math.max(0, at - BUNDLED),
      to: Math.ceil(at + (duration_ms ?? 0)) + BUNDLED,
    }),
    [session_id, at, duration_ms],
  );
  return (
    <div className="border-line border-t px-5 py-3">
      <Button size="sm" onClick={() => setOpen(true)}>
        {t('bundle.ask')}
      </Button>
      {isOpen && <BundleDialog scope={scope} onClose={() => setOpen(false)} />}
    </div>
  );
}

/** No client made it: somebody called it again here. */
const isByHand = ({ direction, client_id, session_id }: Activity): boolean =>
  direction === 'to_server' && client_id === null && session_id !== null;

const LINK = 'rounded text-accent underline decoration-dotted underline-offset-2 hover:decoration-solid';
