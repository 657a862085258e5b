import type { Session } from '../../../../shared/contract/session';
import { isoTime, type TableData } from '../../../../shared/export/table-file';
import { t } from '../../../../shared/messages/language';
import { pictureFormats, readWindowLook } from '../../../charts/picture-look';
import { formatNumber } from '../../../format/number';
import { formatDateTime } from '../../../format/time';
import { sessionName, sessionPlace } from '../../../format/words';
import { useHoldfast } from '../../../store/use-holdfast';
import { ExportMenu, tableFormats } from '../../../ui/export-menu';
import { MARK_WORDS, markKind } from './mark-shape';
import { stripKeys } from './strip-legend';
import { type Strip, shownLanes } from './strip-model';
import { stripSvg } from './strip-svg';
import { STRIP_STATE_WORDS, stripItemWords, stripSummary } from './strip-words';

/** Everything that a strip is drawn from: the client's states, when each server was up, and what happened. */
const stripTable = (strip: Strip): TableData => ({
  columns: ['from', 'to', 'server', 'what', 'words'],
  rows: [
    ...strip.segments.map((one) => [isoTime(one.from), isoTime(one.to), null, one.state, stripItemWords(strip, one)]),
    ...strip.lanes.flatMap(({ server, spans }) =>
      spans.map(({ from, to, state }) => [isoTime(from), isoTime(to), server, state, null]),
    ),
    ...strip.marks.map((one) => {
      const server = one.type === 'server' ? one.event.payload.server : null;
      return [isoTime(one.at), isoTime(one.at), server, markKind(one.event), stripItemWords(strip, one)];
    }),
  ],
});

/** Exports the life of a session as a picture in the colours of the window, and what it is drawn from. */
export function StripExport({ session, strip, disabled }: { session: Session; strip: Strip; disabled: boolean }) {
  const name = useHoldfast((state) => state.sessionNames[session.session_id]);
  const draw = () => {
    const { states, marks } = stripKeys(strip);
    const ends = [formatDateTime(strip.from), formatDateTime(strip.to)] as const;
    return stripSvg(
      strip,
      {
        title: [t('strip.label'), sessionPlace(session, name).main, sessionName(session)].join(' · '),
        when: ends.join(' – '),
        summary: stripSummary(strip),
        lanes: [t('strip.client'), ...shownLanes(strip).map(({ server }) => server)],
        states: states.map((state) => ({ state, label: STRIP_STATE_WORDS[state] })),
        marks: marks.map(({ kind, count }) => ({ kind, label: MARK_WORDS[kind], count: formatNumber(count) })),
        ends,
      },
      readWindowLook(),
    );
  };
  const formats = [...pictureFormats(draw), ...tableFormats(() => stripTable(strip))];
  return (
    <ExportMenu
      what={`life-${session.session_id}`}
      formats={formats}
      iconLabel={t('export.chart')}
      disabled={disabled}
    />
  );
}
