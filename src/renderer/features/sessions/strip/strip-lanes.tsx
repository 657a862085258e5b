import type { CSSProperties, PointerEvent, ReactNode } from 'react';
import { t } from '../../../../shared/messages/language';
import type { Ms } from '../../../../shared/model/units';
import { cx } from '../../../ui/cx';
import { MarkShape } from './mark-shape';
import { marksIn, type Strip, type StripItem, type StripMark, type StripState, shownLanes } from './strip-model';
import './strip.css';

export interface StripLanesProps {
  strip: Strip;
  /** The item described by the text below. */
  pointed: StripItem | null;
  /** The pointer is in the lane of a server, or in the client's, which is null. */
  onPointer(event: PointerEvent<HTMLElement>, server: string | null): void;
  onLeave(): void;
}

/** One lane for the client, one for each server whose process is known. Purely visual; the text around it says the same. */
export function StripLanes({ strip, pointed, onPointer, onLeave }: StripLanesProps) {
  const isPointed = (item: StripItem) => pointed !== null && sameItem(item, pointed);
  const track = (server: string | null, children: ReactNode) => (
    // Time runs from left to right in every language. The pointer does here what the arrow keys of the surrounding slider do.
    <div dir="ltr" className="strip-track" onPointerMove={(event) => onPointer(event, server)} onPointerLeave={onLeave}>
      {children}
    </div>
  );
  return (
    <div aria-hidden className="strip">
      <span className="strip-name truncate text-ink-3 text-xs">{t('strip.client')}</span>
      {track(
        null,
        <>
          {strip.segments.map((segment) => (
            <span
              key={`${segment.state}-${segment.from}`}
              data-segment={segment.state}
              className={cx('strip-segment', STATE_CLASS[segment.state], isPointed(segment) && 'strip-pointed')}
              style={span(strip, segment.from, segment.to)}
            />
          ))}
          {marksIn(strip, null).map((mark) => (
            <Mark key={mark.event.seq} strip={strip} mark={mark} isPointed={isPointed(mark)} />
          ))}
        </>,
      )}
      {shownLanes(strip).map(({ server, spans }) => (
        <div key={server} className="contents">
          <span translate="no" title={server} className="strip-name truncate text-ink-3 text-xs">
            {server}
          </span>
          {track(
            server,
            <>
              {spans.map(({ from, to, state }) => (
                <span
                  key={from}
                  data-server-span={state}
                  className={cx('strip-segment', state === 'up' ? 'strip-up' : 'strip-down')}
                  style={span(strip, from, to)}
                />
              ))}
              {marksIn(strip, server).map((mark) => (
                <Mark key={mark.event.seq} strip={strip} mark={mark} isPointed={isPointed(mark)} />
              ))}
            </>,
          )}
        </div>
      ))}
    </div>
  );
}

const STATE_CLASS: Readonly<Record<StripState, string>> = {
  connected: 'strip-connected',
  idle: 'strip-idle',
  away: 'strip-away',
  asleep: 'strip-asleep',
  over: 'strip-over',
  unknown: 'strip-unknown',
};

function Mark({ strip, mark, isPointed }: { strip: Strip; mark: StripMark; isPointed: boolean }) {
  return (
    <span
      data-mark={mark.event.kind}
      className={cx('strip-mark', isPointed && 'strip-mark-pointed')}
      style={{ left: share(strip, mark.at) }}
    >
      <MarkShape event={mark.event} />
    </span>
  );
}

const share = ({ from, to }: Strip, at: Ms): string => `${(((at - from) / (to - from)) * 100).toFixed(3)}%`;
const span = (strip: Strip, from: Ms, to: Ms): CSSProperties => ({
  left: share(strip, from),
  width: `${(((to - from) / (strip.to - strip.from)) * 100).toFixed(3)}%`,
});

const sameItem = (a: StripItem, b: StripItem): boolean =>
  'at' in a ? 'at' in b && a.event.seq === b.event.seq : !('at' in b) && a.from === b.from && a.state === b.state;
