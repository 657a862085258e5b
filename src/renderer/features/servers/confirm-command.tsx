import { useState } from 'react';
import type { Server } from '../../../shared/contract/server';
import { formatNumber } from '../../format/number';
import { showInvisible } from '../../format/visible-text';
import { useActions, useHoldfast } from '../../store/use-holdfast';
import { Button } from '../../ui/button';
import { Dialog } from '../../ui/dialog';
import { ErrorNote } from '../../ui/error-note';

/** Asks, one server after the other, whether its command may be run. Closing it decides nothing. */
export function ConfirmCommand({ names, onClose }: { names: readonly string[]; onClose(): void }) {
  const [at, setAt] = useState(0);
  const name = names[at];
  const server = useHoldfast((state) => state.servers?.servers.find((one) => one.name === name) ?? null);
  if (!server) return null;
  const next = () => (at + 1 < names.length ? setAt(at + 1) : onClose());
  return (
    <Dialog
      open
      wide
      onClose={onClose}
      title={`May Holdfast run this for ${server.name}?`}
      description={
        names.length > 1
          ? `Command ${formatNumber(at + 1)} of ${formatNumber(names.length)}. It runs with your rights, so look at all of it.`
          : 'It runs with your rights, so look at all of it.'
      }
    >
      <CommandToConfirm key={server.fingerprint} server={server} onDecided={next} />
    </Dialog>
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
      // It may have been changed meanwhile: what is shown then is what it is now.
      await loadServers().catch(() => undefined);
    } finally {
      setBusy(false);
    }
  };
  return (
    <div className="flex flex-col gap-4">
      <CommandShown server={server} />
      {error !== null && <ErrorNote error={error} />}
      <div className="flex justify-end gap-2">
        <Button disabled={busy} onClick={() => void decide(() => setServerEnabled(server.name, false))}>
          Leave it off
        </Button>
        <Button
          variant="primary"
          disabled={busy}
          onClick={() => void decide(() => trustServer(server.name, server.fingerprint))}
        >
          Run this
        </Button>
      </div>
    </div>
  );
}

/** All of a command: nothing cut off, nothing hidden, one argument a line. */
function CommandShown({ server: { command, args, cwd, env_names } }: { server: Server }) {
  return (
    <dl className="grid grid-cols-[7rem_minmax(0,1fr)] gap-x-3 gap-y-3 text-sm">
      <dt className="text-ink-3">Program</dt>
      <dd>
        <Exact text={command ?? ''} />
      </dd>
      <dt className="text-ink-3">Arguments</dt>
      <dd>
        {args.length === 0 ? (
          <span className="text-ink-2">None</span>
        ) : (
          <ol aria-label="Arguments" className="flex flex-col gap-1">
            {args.map((arg, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: an argument is its position
              <li key={index} className="flex gap-2">
                <span aria-hidden className="w-5 shrink-0 text-right text-ink-3 leading-6">
                  {index + 1}
                </span>
                <Exact text={arg} />
              </li>
            ))}
          </ol>
        )}
      </dd>
      <dt className="text-ink-3">Works in</dt>
      <dd>{cwd === null ? <span className="text-ink-2">your home folder</span> : <Exact text={cwd} />}</dd>
      <dt className="text-ink-3">Gets from you</dt>
      <dd className="text-ink-2">
        {env_names.length === 0 ? (
          'No variable of its own'
        ) : (
          <>
            <span className="break-words font-mono text-ink text-xs">{env_names.map(showInvisible).join(', ')}</span>{' '}
            (the values stay hidden)
          </>
        )}
      </dd>
    </dl>
  );
}

const Exact = ({ text }: { text: string }) => (
  <code
    data-exact
    className="block min-w-0 flex-1 whitespace-pre-wrap break-all rounded bg-sunken px-2 py-0.5 font-mono text-ink text-sm forced-border"
  >
    {text === '' ? <span className="text-ink-3">(empty)</span> : showInvisible(text)}
  </code>
);
