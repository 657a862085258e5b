import { MINUTE } from '../../../shared/model/units';
import { formatBytes } from '../../format/number';
import { useActions, useHoldfast } from '../../store/use-holdfast';
import { type Pace, useRefresh } from '../../store/use-refresh';
import { ErrorNote } from '../../ui/error-note';
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
        <p className="text-ink-3 text-sm">
          {error === null && 'Being measured; a large database takes a few seconds.'}
        </p>
      ) : (
        <Table>
          <caption className="pb-1 text-left text-ink-2 text-sm">
            Everything is on this computer, in the data folder. Contents of calls are kept only as messages.
          </caption>
          <thead>
            <tr>
              <Th className="pl-0">What</Th>
              <Th>Kept for</Th>
              <Th className="pr-0 text-right">Today</Th>
            </tr>
          </thead>
          <tbody>
            {kept.areas.map(({ name, what, kept: time, bytes }) => (
              <Tr key={name} data-area={name}>
                <Td className="pl-0">{what}</Td>
                <Td className="text-ink-2">{time}</Td>
                <Td numeric className="whitespace-nowrap pr-0">
                  {formatBytes(bytes)}
                </Td>
              </Tr>
            ))}
            <Tr data-area="total">
              <Td className="pl-0 font-medium">In all, on the disk</Td>
              <Td />
              <Td numeric className="whitespace-nowrap pr-0 font-medium">
                {formatBytes(kept.total_bytes)}
              </Td>
            </Tr>
          </tbody>
        </Table>
      )}
    </div>
  );
}
