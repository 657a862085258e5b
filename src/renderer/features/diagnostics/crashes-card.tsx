import type { Crash } from '../../../shared/contract/diagnostics';
import { t } from '../../../shared/messages/language';
import { visible } from '../../../shared/visible-text';
import { formatDateTime } from '../../format/time';
import { Card } from '../../ui/card';

const KINDS: Readonly<Record<Crash['kind'], string>> = {
  holdfast: t('diagnostics.crash.holdfast'),
  window: t('diagnostics.crash.window'),
  dump: t('diagnostics.crash.dump'),
};

/** The last crashes. They are kept on this machine and never sent. */
export function CrashesCard({ crashes }: { crashes: readonly Crash[] | null }) {
  return (
    <Card title={t('diagnostics.crashes')} bodyClassName="min-h-14 p-4">
      {crashes?.length === 0 && <p className="text-ink-2">{t('diagnostics.no_crash')}</p>}
      {crashes && crashes.length > 0 && (
        <ul className="flex flex-col gap-3">
          {crashes.map(({ at, kind, what }) => (
            <li key={`${at} ${what}`}>
              <p className="text-ink">
                {KINDS[kind]} <span className="text-ink-2 text-sm">{formatDateTime(at)}</span>
              </p>
              <pre
                translate="no"
                className="scroll-area max-h-40 whitespace-pre-wrap break-words font-mono text-ink-2 text-xs"
              >
                {visible(what)}
              </pre>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}
