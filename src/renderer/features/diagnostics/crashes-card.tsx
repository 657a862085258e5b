import type { Crash } from '../../../shared/contract/diagnostics';
import { visible } from '../../../shared/visible-text';
import { formatDateTime } from '../../format/time';
import { Card } from '../../ui/card';

const KINDS: Readonly<Record<Crash['kind'], string>> = {
  holdfast: 'Holdfast ended by an error',
  window: 'The window crashed',
  dump: 'Crash dump of the system',
};

/** The last crashes. They are kept on this machine and never sent. */
export function CrashesCard({ crashes }: { crashes: readonly Crash[] | null }) {
  return (
    <Card title="Crashes" bodyClassName="min-h-14 p-4">
      {crashes?.length === 0 && <p className="text-ink-2">No crash was noted.</p>}
      {crashes && crashes.length > 0 && (
        <ul className="flex flex-col gap-3">
          {crashes.map(({ at, kind, what }) => (
            <li key={`${at} ${what}`}>
              <p className="text-ink">
                {KINDS[kind]} <span className="text-ink-2 text-sm">{formatDateTime(at)}</span>
              </p>
              <pre className="scroll-area max-h-40 whitespace-pre-wrap break-words font-mono text-ink-2 text-xs">
                {visible(what)}
              </pre>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}
