import { ChevronRight } from 'lucide-react';
import type { Server } from '../../../shared/contract/server';
import { t } from '../../../shared/messages/language';
import { Button } from '../../ui/button';
import { OutputLines } from './output-lines';

/** The newest lines of a server's standard error output, collapsed until opened, unless `isOpen`. */
export function StderrTail({
  server,
  isOpen = false,
  onAllLines,
}: {
  server: Server;
  isOpen?: boolean;
  onAllLines(): void;
}) {
  const { name, stderr_tail: lines } = server;
  if (lines.length === 0) return null;
  return (
    <details className="group text-sm" open={isOpen}>
      <summary className="flex min-h-6 w-fit list-none items-center gap-1 rounded text-ink-2 hover:text-ink">
        <ChevronRight size={14} aria-hidden className="shrink-0 transition-transform group-open:rotate-90" />
        {t('servers.output.last', { count: lines.length })}
      </summary>
      <div className="mt-1.5 flex flex-col items-start gap-2">
        <OutputLines label={t('servers.output.of', { name })} lines={lines} className="h-36 w-full" />
        <Button size="sm" variant="ghost" onClick={onAllLines}>
          {t('servers.output.all')}
        </Button>
      </div>
    </details>
  );
}
