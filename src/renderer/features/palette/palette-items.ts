import type { Client } from '../../../shared/contract/client';
import type { Server } from '../../../shared/contract/server';
import type { Session } from '../../../shared/contract/session';
import { t } from '../../../shared/messages/language';
import { COMMANDS, type CommandId } from '../../../shared/model/commands';
import { hasEnded, isAttached } from '../../../shared/model/session';
import type { View } from '../../../shared/model/views';
import { showInvisible } from '../../../shared/visible-text';
import { hasTokens, takesLogin } from '../../format/login-words';
import { clientTypeWord, processBesideName, STATUS_WORDS, sessionName } from '../../format/words';
import type { Intent } from '../../store/intent';
import { isRestarted, isRetried, isRunning } from '../servers/is-retried';
import { canShare } from '../sessions/detail/can-share';
import { matchScore } from './fuzzy';

/** What picking an item does. */
export type Deed =
  | { readonly do: 'command'; readonly id: CommandId }
  | { readonly do: 'go'; readonly view: View; readonly id: string }
  | { readonly do: 'ask'; readonly intent: Intent }
  | { readonly do: 'retry'; readonly name: string }
  | { readonly do: 'switch'; readonly name: string; readonly on: boolean };

export interface PaletteItem {
  /** The same for the same thing, now and later. */
  readonly id: string;
  readonly title: string;
  /** Tells apart what has the same title. */
  readonly detail: string;
  readonly kind: 'view' | 'action' | 'session' | 'server' | 'client';
  /** Its key combination, as commands write it. */
  readonly keys: string | null;
  /** What is found besides title and detail. */
  readonly words: string;
  /** An id by whose beginning it is found; empty if it has none. */
  readonly reference: string;
  readonly deed: Deed;
}

export interface PaletteFacts {
  readonly sessions: readonly Session[];
  readonly servers: readonly Server[];
  readonly clients: readonly Client[];
  /** Whether it is the application's own window. */
  readonly isApp: boolean;
}

/** What is done to a session is offered for so many sessions, the latest ones. */
const MOST_ACTED_ON = 300;
/** So many items are shown at once. */
const MOST_SHOWN = 50;
/** What was picked before is preferred by so much. */
const KNOWN = 4;

/** Everything that can be found, in the order in which it is shown to somebody who has typed nothing. */
export function paletteItems({ sessions, servers, clients, isApp }: PaletteFacts): readonly PaletteItem[] {
  const latest = sessions.toSorted(
    (a, b) => Number(isAttached(b.status)) - Number(isAttached(a.status)) || b.last_activity - a.last_activity,
  );
  const open = latest.filter(({ status }) => !hasEnded(status)).slice(0, MOST_ACTED_ON);
  return [
    ...COMMANDS.filter(({ hidden }) => !hidden).map((command): PaletteItem => {
      const { id, title, words = '', keys, appOnly } = command;
      const kind = id.startsWith('view.') ? 'view' : 'action';
      const shown = appOnly && !isApp ? null : (keys?.[0] ?? null);
      return { id, title, detail: '', kind, keys: shown, words, reference: '', deed: { do: 'command', id } };
    }),
    ...latest.map(sessionItem),
    ...servers.map(serverItem),
    ...clients.map(clientItem),
    ...open.flatMap(sessionActions),
    ...servers.flatMap(serverActions),
    ...clients.flatMap(clientActions),
  ];
}

/**
 * What is shown for a query, the best first: at most {@link MOST_SHOWN}. Without a query, what was picked last comes first.
 *
 * @param recent - ids of items that were picked, the latest first
 */
export function search(
  items: readonly PaletteItem[],
  query: string,
  recent: readonly string[],
): readonly PaletteItem[] {
  const rank = (id: string) => {
    const index = recent.indexOf(id);
    return index < 0 ? recent.length : index;
  };
  if (query.trim() === '') return items.toSorted((a, b) => rank(a.id) - rank(b.id)).slice(0, MOST_SHOWN);
  return items
    .flatMap((item) => {
      const text = `${item.title} ${item.detail} ${t(`palette.kind.${item.kind}`)} ${item.words}`;
      const score = matchScore(query, text, item.reference);
      return score === null ? [] : [{ item, score: score + (recent.includes(item.id) ? KNOWN : 0) }];
    })
    .sort((a, b) => b.score - a.score)
    .slice(0, MOST_SHOWN)
    .map(({ item }) => item);
}

const sessionDetail = (session: Session): string =>
  [STATUS_WORDS[session.status], session.probe ? t('palette.probe') : '', processBesideName(session)]
    .filter(Boolean)
    .join(' · ');

const sessionItem = (session: Session): PaletteItem => ({
  id: `session:${session.session_id}`,
  title: showInvisible(sessionName(session)),
  detail: showInvisible(sessionDetail(session)),
  kind: 'session',
  keys: null,
  words: session.client_name,
  reference: session.session_id,
  deed: { do: 'go', view: 'sessions', id: session.session_id },
});

function sessionActions(session: Session): PaletteItem[] {
  const { session_id: id } = session;
  const name = showInvisible(sessionName(session));
  const item = (act: string, title: string): PaletteItem => ({
    ...sessionItem(session),
    id: `session:${id}:${act}`,
    title,
    kind: 'action',
    deed: { do: 'ask', intent: { view: 'sessions', id, act } },
  });
  return [
    ...(isAttached(session.status)
      ? [
          item('disconnect', t('palette.session.disconnect', { name })),
          item('token', t('palette.session.token', { name })),
        ]
      : []),
    ...(session.sharing === null ? [item('continue', t('palette.session.continue', { name }))] : []),
    ...(canShare(session) ? [item('share', t('palette.session.share', { name }))] : []),
    item('name', t('palette.session.name', { name })),
    item('pin', t(session.pinned ? 'palette.session.unpin' : 'palette.session.pin', { name })),
    item('bundle', t('palette.session.bundle', { name })),
    item('end', t('palette.session.end', { name })),
  ];
}

const serverItem = ({ name, transport }: Server): PaletteItem => ({
  id: `server:${name}`,
  title: showInvisible(name),
  detail: transport === 'http' ? 'HTTP' : 'stdio',
  kind: 'server',
  keys: null,
  words: '',
  reference: '',
  deed: { do: 'go', view: 'servers', id: name },
});

function serverActions(server: Server): PaletteItem[] {
  const { name: id, enabled, trusted, state, transport } = server;
  const name = showInvisible(id);
  const isBroken = state === 'broken';
  const item = (act: string, title: string, deed?: Deed): PaletteItem => ({
    id: `server:${id}:${act}`,
    title,
    detail: t('palette.kind.server'),
    kind: 'action',
    keys: null,
    words: '',
    reference: '',
    deed: deed ?? { do: 'ask', intent: { view: 'servers', id, act } },
  });
  const { login } = server;
  return [
    ...(enabled && !trusted && !isBroken
      ? [
          item(
            'onConfirm',
            t(transport === 'http' ? 'palette.server.review_address' : 'palette.server.review', { name }),
          ),
        ]
      : []),
    ...(isRestarted(server) ? [item('restart', t('palette.server.restart', { name }))] : []),
    ...(isRunning(server) ? [item('stop', t('palette.server.stop', { name }))] : []),
    ...(isRetried(server) ? [item('retry', t('palette.server.retry', { name }), { do: 'retry', name: id })] : []),
    ...(trusted && !isBroken ? [item('onTest', t('palette.server.test', { name }))] : []),
    ...(takesLogin(server) && login.state !== 'under_way'
      ? [item('onLogIn', t('palette.server.log_in', { name }))]
      : []),
    ...(hasTokens(login) ? [item('onLogOut', t('palette.server.log_out', { name }))] : []),
    item('onEdit', t('palette.server.edit', { name })),
    ...(isBroken
      ? []
      : [
          item('switch', t(enabled ? 'palette.server.off' : 'palette.server.on', { name }), {
            do: 'switch',
            name: id,
            on: !enabled,
          }),
          item('onTools', t('palette.server.tools', { name })),
        ]),
    item('onAllLines', t('palette.server.output', { name })),
    item('onRemove', t('palette.server.remove', { name })),
  ];
}

const clientItem = ({ client_id, name, type, type_name }: Client): PaletteItem => ({
  id: `client:${client_id}`,
  title: showInvisible(name),
  detail: type_name ?? clientTypeWord(type),
  kind: 'client',
  keys: null,
  words: '',
  reference: client_id,
  deed: { do: 'go', view: 'connect', id: client_id },
});

function clientActions(client: Client): PaletteItem[] {
  const { client_id: id } = client;
  const name = showInvisible(client.name);
  const item = (act: string, title: string): PaletteItem => ({
    ...clientItem(client),
    id: `client:${id}:${act}`,
    title,
    kind: 'action',
    deed: { do: 'ask', intent: { view: 'connect', id, act } },
  });
  return [
    item('sees', t('sees.title', { name })),
    item('renew', t('palette.client.renew', { name })),
    item('remove', t('palette.client.remove', { name })),
  ];
}
