import type { KeptData } from '../../../shared/contract/privacy';
import type { TableData } from '../../../shared/export/table-file';
import { t } from '../../../shared/messages/language';
import { amountWords } from '../../../shared/model/setting-words';
import { MIB, MINUTE } from '../../../shared/model/units';
import { formatBytes } from '../../format/number';
import { useActions, useHoldfast } from '../../store/use-holdfast';
import { type Pace, useRefresh } from '../../store/use-refresh';
import { ErrorNote } from '../../ui/error-note';
import { ExportMenu, tableFormats } from '../../ui/export-menu';
import { Table, Td, Th, Tr } from '../../ui/table';

/** Measuring reads the whole database. */
const PACE: Pace = { afterEvents: MINUTE, anyway: MINUTE, isNews: () => false };

/** What Holdfast keeps, for how long, and how many bytes it is today. */
export function KeptDataTable() {
  const { loadKept } = useActions();
  const kept = useHoldfast((state) => state.kept);
  const error = useRefresh(loadKept, PACE);
  return (
    <div className="min-h-72 py-3">
      {error !== null && <ErrorNote error={error} className="mb-2" />}
      {kept === null ? (
        <p className="text-ink-3 text-sm">{error === null && t('settings.kept.measuring')}</p>
      ) : (
        <>
          <Table>
            <caption className="pb-1 text-start text-ink-2 text-sm">{t('settings.kept.caption')}</caption>
            <thead>
              <tr>
                <Th className="ps-0">{t('settings.kept.what')}</Th>
                <Th>{t('settings.kept.time')}</Th>
                <Th>{t('settings.kept.most')}</Th>
                <Th className="pe-0 text-end">{t('settings.kept.today')}</Th>
              </tr>
            </thead>
            <tbody>
              {kept.areas.map(({ name, days, bytes, limit_bytes }) => (
                <Tr key={name} data-area={name}>
                  <Td className="ps-0">{t(`settings.kept.area.${name}`)}</Td>
                  <Td className="text-ink-2">{timeOf(name, days)}</Td>
                  <Td className="text-ink-2">{mostOf(name, limit_bytes)}</Td>
                  <Td numeric translate="no" className="whitespace-nowrap pe-0">
                    {formatBytes(bytes)}
                  </Td>
                </Tr>
              ))}
              <Tr data-area="total">
                <Td className="ps-0 font-medium">{t('settings.kept.total')}</Td>
                <Td />
                <Td />
                <Td numeric translate="no" className="whitespace-nowrap pe-0 font-medium">
                  {formatBytes(kept.total_bytes)}
                </Td>
              </Tr>
            </tbody>
          </Table>
          <div className="flex justify-end pt-2">
            <ExportMenu what="kept" formats={tableFormats(() => keptTable(kept))} />
          </div>
        </>
      )}
    </div>
  );
}

type Area = KeptData['areas'][number];

/** The table, with numbers in place of words; days that are null are not counted in days. */
const keptTable = ({ areas }: KeptData): TableData => ({
  columns: ['area', 'days', 'bytes', 'limit_bytes'],
  rows: areas.map(({ name, days, bytes, limit_bytes }) => [name, days, bytes, limit_bytes]),
});

/** For how long it is kept, in words. */
function timeOf(name: Area['name'], days: number | null): string {
  if (name === 'backups') return t('settings.kept.backups');
  if (name === 'contents') return t('settings.kept.hours');
  if (name === 'log') return t('settings.kept.log');
  if (days === null) return t('settings.kept.until_removed');
  return name === 'sessions' ? t('settings.kept.days_after_end', { days }) : t('settings.kept.days', { days });
}

/** How much of it is kept, as its setting says it. */
function mostOf(name: Area['name'], bytes: number | null): string {
  if (name === 'sessions') return t('settings.kept.with_events');
  return bytes === null ? '' : amountWords('MiB', bytes / MIB);
}
