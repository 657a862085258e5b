import { CircleCheck, LoaderCircle } from 'lucide-react';
import { useState } from 'react';
import { t } from '../../../shared/messages/language';
import { MINUTE, type Ms } from '../../../shared/model/units';
import { formatDateTime } from '../../format/time';
import { routeHash } from '../../store/route';
import { useHoldfast } from '../../store/use-holdfast';
import { Button } from '../../ui/button';
import { CopyButton } from '../../ui/copy-button';
import { RelativeTime } from '../../ui/relative-time';
import { RichMessage } from '../../ui/rich-message';
import { Segmented } from '../../ui/segmented';
import { addressOf } from '../servers/server-list';
import type { FreshClient } from './new-client';
import { NoTools } from './no-tools';
import { RECIPES } from './recipes';
import { ServerChoice } from './server-choice';
import { SnippetBox } from './snippet-box';
import { useFirstRequest } from './use-first-request';

const WAYS = [
  { value: 'command', label: t('connect.way.command') },
  { value: 'file', label: t('connect.way.file') },
] as const;

/** Shows a new client's key, only this once, in the form the client needs, and waits for its first request. */
export function FreshKey({ client, onDone }: { client: FreshClient; onDone(): void }) {
  const app = useHoldfast((state) => state.app);
  const at = useFirstRequest(client);
  const recipe = RECIPES[client.type];
  const [server, setServer] = useState<string | null>(null);
  const [way, setWay] = useState<'command' | 'file'>(recipe.command ? 'command' : 'file');
  const make = (way === 'command' && recipe.command) || recipe.file;
  return (
    <div className="flex flex-col gap-3">
      <div className="flex min-h-8 flex-wrap items-center gap-x-4 gap-y-2">
        <p className="me-auto text-ink-2">{t('connect.key_once')}</p>
        <ServerChoice value={server} onChange={setServer} />
        {recipe.command && <Segmented label={t('connect.way')} value={way} options={WAYS} onChange={setWay} />}
      </div>
      {app === null ? (
        <p className="min-h-24 text-ink-3">{t('connect.asking_address')}</p>
      ) : (
        <SnippetBox
          key={way}
          snippet={make({
            url: server === null ? `${app.url}/mcp` : addressOf(app.url, server),
            key: client.key,
            server,
            cli: app.cli,
          })}
          secret={client.key}
        />
      )}
      <FirstRequest client={client} at={at} next={recipe.next} />
      <UnknownKey isWaiting={at === null} />
      <div className="flex flex-wrap items-center gap-2">
        <Button variant={at === null ? 'secondary' : 'primary'} onClick={onDone}>
          {t('connect.done')}
        </Button>
        <CopyButton text={client.key} label={t('connect.copy_key')} />
      </div>
    </div>
  );
}

/** How long a wrong key may be the reason why nobody comes. */
const UNKNOWN_KEY_SHOWN: Ms = 10 * MINUTE;

/** Beside the status and not in it, as its time ticks and would be read out each second. */
function UnknownKey({ isWaiting }: { isWaiting: boolean }) {
  const at = useHoldfast(({ unknownKeyAt, now }) =>
    unknownKeyAt !== null && now - unknownKeyAt < UNKNOWN_KEY_SHOWN ? unknownKeyAt : null,
  );
  return (
    <p className="min-h-5 text-disconnected text-sm">
      {isWaiting && at !== null && (
        <RichMessage id="connect.unknown_key" values={{ ago: <RelativeTime key="ago" at={at} /> }} />
      )}
    </p>
  );
}

function FirstRequest({ client, at, next }: { client: FreshClient; at: Ms | null; next: string }) {
  const session = useHoldfast((state) => {
    for (const one of state.sessions.values()) if (one.client_id === client.id) return one.session_id;
    return null;
  });
  return (
    <div
      role="status"
      data-connected={at !== null}
      className="flex min-h-14 items-center gap-3 rounded-md border border-line bg-sunken px-4 py-2"
    >
      {at === null ? (
        <LoaderCircle size={20} aria-hidden className="shrink-0 animate-spin text-ink-3" />
      ) : (
        <CircleCheck size={20} aria-hidden className="shrink-0 text-active" />
      )}
      <div className="min-w-0">
        <p className="font-semibold text-ink">
          {t(at === null ? 'connect.first.waiting' : 'connect.written.connected', { name: client.name })}
        </p>
        <p className="text-ink-2 text-sm">
          {at === null ? next : t('connect.first.at', { time: formatDateTime(at) })}{' '}
          {session && (
            <a
              href={routeHash({ view: 'sessions', id: session, params: {} })}
              className="rounded font-medium text-accent hover:underline"
            >
              {t('connect.session')}
            </a>
          )}
        </p>
        {at !== null && <NoTools name={client.name} />}
      </div>
    </div>
  );
}
