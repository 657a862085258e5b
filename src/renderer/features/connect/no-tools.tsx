import { t } from '../../../shared/messages/language';
import { routeHash } from '../../store/route';
import { useHoldfast } from '../../store/use-holdfast';

/** Says of a connected client that it has no tools, as there is no server. Nothing as long as there is one, or that is unknown. */
export function NoTools({ name }: { name: string }) {
  const isEmpty = useHoldfast(({ servers }) => servers !== null && servers.servers.length === 0);
  if (!isEmpty) return null;
  return (
    <p className="text-disconnected text-sm">
      {t('connect.no_tools', { name })}{' '}
      <a
        href={routeHash({ view: 'servers', id: null, params: {} })}
        className="rounded font-medium text-accent hover:underline"
      >
        {t('health.do.add_servers')}
      </a>
    </p>
  );
}
