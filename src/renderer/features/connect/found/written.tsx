import { CircleCheck, LoaderCircle } from 'lucide-react';
import type { FoundClient } from '../../../../shared/contract/connect';
import { t } from '../../../../shared/messages/language';
import { NoTools } from '../no-tools';
import { HereAgo } from './here-ago';

/** What to do once Holdfast stands in a program's file, and whether the program has come. */
export function Written({ client: { id, name, state, last_seen_at } }: { client: FoundClient }) {
  const isHere = state === 'connected' && last_seen_at !== null;
  return (
    <div
      data-connected={isHere}
      className="flex min-h-14 items-center gap-3 rounded-md border border-line bg-sunken px-4 py-2"
    >
      {isHere ? (
        <CircleCheck size={20} aria-hidden className="shrink-0 text-active" />
      ) : (
        <LoaderCircle size={20} aria-hidden className="shrink-0 animate-spin text-ink-3" />
      )}
      <div className="min-w-0">
        <p role="status" className="font-semibold text-ink">
          {t(isHere ? 'connect.written.connected' : 'connect.written.waiting', { name })}
        </p>
        <p className="text-ink-2 text-sm">
          {isHere ? <HereAgo name={name} at={last_seen_at} /> : t(`connect.next.${id}`)}
        </p>
        {isHere && <NoTools name={name} />}
      </div>
    </div>
  );
}
