import { useState } from 'react';
import type { Server } from '../../../shared/contract/server';
import { t } from '../../../shared/messages/language';
import { showInvisible } from '../../../shared/visible-text';
import { partWord } from '../../format/server-words';
import { useActions, useHoldfast } from '../../store/use-holdfast';
import { Button } from '../../ui/button';
import { Dialog } from '../../ui/dialog';
import { ErrorNote } from '../../ui/error-note';
import { RichMessage } from '../../ui/rich-message';
import { AddressShown, CommandShown } from './command-shown';

export const confirmTitle = (name: string): string => t('servers.confirm.title', { name });
export const CONFIRM_DESCRIPTION = t('servers.confirm.what');

/** Asks whether the command of a server may run, or its address may be sent what is kept here. Closing decides nothing. */
export function ConfirmCommand({ name, onClose }: { name: string; onClose(): void }) {
  const server = useHoldfast((state) => state.servers?.servers.find((one) => one.name === name) ?? null);
  if (!server) return null;
  const isWeb = server.transport === 'http';
  return (
    <Dialog
      open
      wide
      onClose={onClose}
      title={isWeb ? t('servers.confirm.title_address', { name: server.name }) : confirmTitle(server.name)}
      description={isWeb ? t('servers.confirm.what_address') : CONFIRM_DESCRIPTION}
    >
      <CommandToConfirm key={server.fingerprint} server={server} onDecided={onClose} />
    </Dialog>
  );
}

/** What a server would run, or what its address would be sent, and what is different since it was last confirmed. */
function WhatToConfirm({ server }: { server: Server }) {
  return (
    <>
      {server.transport === 'http' ? <AddressShown server={server} /> : <CommandShown command={server} />}
      {server.changed_since_confirmed.length > 0 && (
        <p className="text-sm">
          <RichMessage
            id="servers.confirm.changed"
            values={{
              changes: server.changed_since_confirmed.map((part) => showInvisible(partWord(part))).join(', '),
              strong: (text) => <strong translate="no">{text}</strong>,
            }}
          />
        </p>
      )}
    </>
  );
}

function CommandToConfirm({ server, onDecided }: { server: Server; onDecided(): void }) {
  const { trustServer, setServerEnabled, loadServers } = useActions();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const decide = async (decision: () => Promise<unknown>) => {
    setBusy(true);
    setError(null);
    try {
      await decision();
      onDecided();
    } catch (failure) {
      setError(failure);
      // The command may have changed in the meantime: show what it is now.
      await loadServers().catch(() => undefined);
    } finally {
      setBusy(false);
    }
  };
  return (
    <div className="flex flex-col gap-4">
      <WhatToConfirm server={server} />
      {error !== null && <ErrorNote error={error} />}
      <div className="flex justify-end gap-2">
        <Button disabled={busy} onClick={() => void decide(() => setServerEnabled(server.name, false))}>
          {t('servers.confirm.keep_off')}
        </Button>
        <Button
          variant="primary"
          disabled={busy}
          onClick={() => void decide(() => trustServer(server.name, server.fingerprint))}
        >
          {t(server.transport === 'http' ? 'servers.confirm.connect' : 'servers.confirm.run')}
        </Button>
      </div>
    </div>
  );
}

/**
 * Several servers at once: each command whole, with a tick, and one button for all that are ticked. The others stay as they
 * are, not confirmed. Closing decides nothing.
 */
export function ConfirmSeveral({ names, onClose }: { names: readonly string[]; onClose(): void }) {
  const { trustServer, loadServers } = useActions();
  const all = useHoldfast((state) => state.servers);
  const servers = (all?.servers ?? []).filter(({ name, trusted }) => names.includes(name) && !trusted);
  /** Fingerprints rather than names: a command that changes while it is looked at loses its tick. */
  const [chosen, setChosen] = useState<ReadonlySet<string>>(
    () => new Set(servers.map(({ name, fingerprint }) => tickOf(name, fingerprint))),
  );
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const ticked = servers.filter(({ name, fingerprint }) => chosen.has(tickOf(name, fingerprint)));
  const toggle = (tick: string) => {
    const next = new Set(chosen);
    if (!next.delete(tick)) next.add(tick);
    setChosen(next);
  };
  const run = async () => {
    setBusy(true);
    setError(null);
    try {
      for (const { name, fingerprint } of ticked) await trustServer(name, fingerprint);
      onClose();
    } catch (failure) {
      setError(failure);
      await loadServers().catch(() => undefined);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Dialog
      open
      wide="very"
      onClose={onClose}
      title={t('servers.confirm.several')}
      description={t('servers.confirm.several_what')}
      footer={
        <>
          {error !== null && <ErrorNote error={error} className="me-auto" />}
          <Button disabled={busy} onClick={onClose}>
            {t('servers.confirm.not_now')}
          </Button>
          <Button variant="primary" disabled={busy || ticked.length === 0} onClick={() => void run()}>
            {t('servers.confirm.run_these', { count: ticked.length })}
          </Button>
        </>
      }
    >
      <ul className="flex flex-col gap-4">
        {servers.map((server) => {
          const tick = tickOf(server.name, server.fingerprint);
          return (
            <li key={server.name} data-confirm={server.name} className="rounded-lg border border-line p-4">
              <label className="mb-3 flex items-center gap-2.5 font-semibold text-ink">
                <input
                  type="checkbox"
                  checked={chosen.has(tick)}
                  onChange={() => toggle(tick)}
                  className="size-4 accent-[var(--accent)]"
                />
                <span translate="no">{showInvisible(server.name)}</span>
              </label>
              <WhatToConfirm server={server} />
            </li>
          );
        })}
      </ul>
    </Dialog>
  );
}

const tickOf = (name: string, fingerprint: string): string => `${name}\n${fingerprint}`;
