import { Download, Layers, Plus, Server as ServerIcon } from 'lucide-react';
import { useCallback, useEffect, useMemo, useState } from 'react';
import type { LoginBegun } from '../../../shared/contract/login';
import type { Server, ServerTest } from '../../../shared/contract/server';
import { t } from '../../../shared/messages/language';
import { hasTokens } from '../../format/login-words';
import type { Intent } from '../../store/intent';
import { useActions, useHoldfast, useRoute } from '../../store/use-holdfast';
import { useIntent } from '../../store/use-intent';
import { Button } from '../../ui/button';
import { cx } from '../../ui/cx';
import { EmptyState } from '../../ui/empty-state';
import { ErrorNote } from '../../ui/error-note';
import { ExportMenu, tableFormats } from '../../ui/export-menu';
import { RichMessage } from '../../ui/rich-message';
import { ScrollRegion } from '../../ui/scroll-region';
import { toast, toastError } from '../../ui/toast';
import { SetsDialog } from '../tools/sets-dialog';
import { AllLinesDialog } from './all-lines-dialog';
import { ConfirmCommand, ConfirmSeveral } from './confirm-command';
import { FileNotice, SecretsProblem, ServersFileProblems } from './file-notice';
import { ServerDialog } from './form/server-dialog';
import { ImportDialog } from './import/import-dialog';
import { isRestarted, isRunning } from './is-retried';
import { ServerListView } from './list/server-list-view';
import { LogOutDialog } from './login/log-out-dialog';
import { LoginDialog } from './login/login-dialog';
import { RemoveWithLogin } from './login/remove-with-login';
import type { CardActions } from './server-actions';
import { cardId, ServerCard } from './server-card';
import { serverTable } from './server-export';
import { ServersSummary } from './servers-summary';
import { TestDialog } from './test-dialog';
import { ToolsDialog } from './tools-dialog';
import { useServers } from './use-servers';

/** Up to this many servers are cards; more are a list. */
const MOST_CARDS = 4;

/** The one dialog that is open. */
type Open =
  | { readonly kind: 'add' }
  | { readonly kind: 'edit'; readonly server: Server }
  | { readonly kind: 'import' }
  /** Commands to confirm. */
  | { readonly kind: 'confirm'; readonly names: readonly string[]; readonly next?: Open | null }
  | { readonly kind: 'test'; readonly name: string; readonly result: Promise<ServerTest> }
  | { readonly kind: 'lines'; readonly name: string }
  | { readonly kind: 'tools'; readonly name: string }
  | { readonly kind: 'sets' }
  | { readonly kind: 'login'; readonly server: Server; readonly begun: Promise<LoginBegun> }
  | { readonly kind: 'log out'; readonly server: Server }
  | { readonly kind: 'remove'; readonly server: Server };

/** The real servers behind Holdfast: the state of each, what it serves, and everything that can be done with it. */
export function ServersView() {
  const { beginLogin, loadApp, testServer } = useActions();
  const servers = useHoldfast((state) => state.servers);
  const { id } = useRoute();
  const known = servers !== null;
  useEffect(() => {
    // A link named one of them: scroll to it.
    if (known && id !== null) document.getElementById(cardId(id))?.scrollIntoView({ block: 'start' });
  }, [known, id]);
  const [open, setOpen] = useState<Open | null>(null);
  const close = useCallback(() => setOpen(null), []);
  const error = useServers('open');
  useEffect(() => {
    // Only the addresses depend on it.
    loadApp().catch(() => undefined);
  }, [loadApp]);

  const logIn = useCallback(
    (server: Server) => setOpen({ kind: 'login', server, begun: beginLogin(server.name) }),
    [beginLogin],
  );
  const remove = useRemove();
  const actions = useMemo((): CardActions => {
    return {
      onConfirm: ({ name }) => setOpen({ kind: 'confirm', names: [name] }),
      onEdit: (server) => setOpen({ kind: 'edit', server }),
      onTest: ({ name }) => setOpen({ kind: 'test', name, result: testServer(name) }),
      onAllLines: ({ name }) => setOpen({ kind: 'lines', name }),
      onTools: ({ name }) => setOpen({ kind: 'tools', name }),
      onLogIn: logIn,
      onLogOut: (server) => setOpen({ kind: 'log out', server }),
      onRemove: (server) => (hasTokens(server.login) ? setOpen({ kind: 'remove', server }) : void remove(server.name)),
    };
  }, [logIn, remove, testServer]);

  useIntent('servers', undefined, (intent) => {
    const { act } = intent;
    if (act === 'add' || act === 'import' || act === 'sets') setOpen({ kind: act });
    else if (servers === null) return false;
    else return takeIntent(servers.servers, intent, actions);
    return true;
  });

  /** What was added or changed may need its command confirmed. */
  const saved = (changed: readonly Server[], next: Open | null = null) => {
    const names = changed
      .filter(({ trusted, enabled, state }) => enabled && !trusted && state !== 'broken')
      .map(({ name }) => name);
    setOpen(names.length > 0 ? { kind: 'confirm', names, next } : next);
  };
  /** What was imported may lack a value that only a person knows. */
  const imported = (taken: readonly Server[]) => {
    const lacking = taken.find(({ state }) => state === 'broken');
    saved(taken, lacking ? { kind: 'edit', server: lacking } : null);
  };

  const list = servers?.servers ?? [];
  return (
    <div className="flex h-full flex-col">
      <div className={cx('flex w-full flex-col gap-3 px-5 py-3', list.length <= MOST_CARDS && 'mx-auto max-w-6xl')}>
        <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
          <ServersSummary />
          <div className="ms-auto flex items-center gap-2">
            {list.length > 0 && list.length <= MOST_CARDS && (
              <ExportMenu
                what="servers"
                formats={tableFormats(() => serverTable(list))}
                iconLabel={t('export.label')}
              />
            )}
            <Button icon={<Layers size={15} aria-hidden />} onClick={() => setOpen({ kind: 'sets' })}>
              {t('sets.open')}
            </Button>
            <Button icon={<Download size={15} aria-hidden />} onClick={() => setOpen({ kind: 'import' })}>
              {t('servers.import')}
            </Button>
            <Button variant="primary" icon={<Plus size={15} aria-hidden />} onClick={() => setOpen({ kind: 'add' })}>
              {t('servers.add')}
            </Button>
          </div>
        </div>
        {error !== null && <ErrorNote error={error} />}
        <ServersFileProblems />
        <SecretsProblem />
      </div>
      {list.length > MOST_CARDS ? (
        <ServerListView servers={list} actions={actions} />
      ) : (
        <ScrollRegion label={t('servers.label')} className="min-h-0 flex-1">
          <div className="mx-auto max-w-6xl px-5 pb-4">
            {servers && list.length === 0 && <NoServers />}
            <div className="grid grid-cols-1 gap-4 min-[1200px]:grid-cols-2">
              {list.map((server) => (
                <ServerCard key={server.name} server={server} actions={actions} />
              ))}
            </div>
          </div>
        </ScrollRegion>
      )}
      <FileNotice />
      {open?.kind === 'add' && <ServerDialog server={null} onClose={close} onSaved={(changed) => saved(changed)} />}
      {open?.kind === 'edit' && (
        <ServerDialog server={open.server} onClose={close} onSaved={(changed) => saved(changed)} />
      )}
      {open?.kind === 'import' && <ImportDialog onClose={close} onImported={imported} />}
      {open?.kind === 'confirm' && <Confirm names={open.names} onClose={() => setOpen(open.next ?? null)} />}
      {open?.kind === 'test' && <TestDialog name={open.name} result={open.result} onClose={close} />}
      {open?.kind === 'lines' && <AllLinesDialog name={open.name} onClose={close} />}
      {open?.kind === 'tools' && <ToolsDialog name={open.name} onClose={close} />}
      {open?.kind === 'sets' && <SetsDialog onClose={close} />}
      {open?.kind === 'login' && (
        <LoginDialog server={open.server} begun={open.begun} onAgain={logIn} onClose={close} />
      )}
      {open?.kind === 'log out' && <LogOutDialog server={open.server} onClose={close} />}
      {open?.kind === 'remove' && (
        <RemoveWithLogin server={open.server} onRemove={(logOut) => remove(open.server.name, logOut)} onClose={close} />
      )}
    </div>
  );
}

/** Acts that the button of the server does itself, while it is there. */
const OWN: Readonly<Record<string, (server: Server) => boolean>> = { restart: isRestarted, stop: isRunning };

/**
 * Does to a server what its own button would; a server that is gone gets nothing.
 * @returns false if the button has yet to do it
 */
function takeIntent(servers: readonly Server[], { id, act }: Intent, actions: CardActions): boolean {
  const server = servers.find(({ name }) => name === id);
  if (server && Object.hasOwn(OWN, act)) return !OWN[act]?.(server);
  const action = Object.hasOwn(actions, act) ? actions[act as keyof CardActions] : undefined;
  if (server) action?.(server);
  return true;
}

function Confirm({ names, onClose }: { names: readonly string[]; onClose(): void }) {
  const [only] = names;
  if (names.length === 1 && only !== undefined) return <ConfirmCommand name={only} onClose={onClose} />;
  return <ConfirmSeveral names={names} onClose={onClose} />;
}

/** Removes a server and says how that went; never rejects. */
function useRemove(): (name: string, logOut?: boolean) => Promise<void> {
  const { removeServer } = useActions();
  return useCallback(
    async (name, logOut = false) => {
      try {
        const undo = await removeServer(name, logOut);
        const putBack = async () => {
          try {
            await undo();
            toast({ title: t('servers.back', { name }) });
          } catch (failure) {
            toastError(t('servers.restore_failed', { name }), failure);
          }
        };
        const detail = t(logOut ? 'servers.removed_logged_out' : 'servers.removed_stopped');
        toast({ title: t('servers.removed', { name }), detail, undo: () => void putBack() });
      } catch (failure) {
        toastError(t('servers.remove_failed', { name }), failure);
      }
    },
    [removeServer],
  );
}

const NoServers = () => (
  <EmptyState icon={<ServerIcon size={32} aria-hidden />} title={t('servers.empty')}>
    <p>{t('servers.empty_why')}</p>
    <p className="mt-2">
      <RichMessage
        id="servers.empty_how"
        values={{ strong: (text) => <strong className="font-semibold text-ink">{text}</strong> }}
      />
    </p>
  </EmptyState>
);
