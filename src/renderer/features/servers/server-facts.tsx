import type { ReactNode } from 'react';
import type { Server, ServerInstance } from '../../../shared/contract/server';
import { showInvisible } from '../../../shared/visible-text';
import { formatBytes, formatCount, formatNumber } from '../../format/number';
import {
  isAlive,
  lastErrorOf,
  memoryOf,
  POLICY_MEANINGS,
  POLICY_WORDS,
  saysItsError,
  sharesState,
} from '../../format/server-words';
import { formatDateTime } from '../../format/time';
import { sessionName, sessionProcess } from '../../format/words';
import { routeHash } from '../../store/route';
import { useHoldfast } from '../../store/use-holdfast';
import { CopyButton } from '../../ui/copy-button';
import { RelativeTime } from '../../ui/relative-time';
import { LoginFacts } from './login/login-facts';
import { addressOf, sessionsQuery } from './server-list';

const PIDS_SHOWN = 4;

/** What is known about a server. */
export function ServerFacts({ server }: { server: Server }) {
  const { policy, restarts, last_error_at, server_info, protocol_version } = server;
  const memory = memoryOf(server);
  const error = lastErrorOf(server);
  const running = server.instances.filter(isAlive);
  return (
    <dl className="grid grid-cols-[6rem_minmax(0,1fr)] gap-x-3 gap-y-1 text-sm">
      <Fact name={server.transport === 'http' ? 'Upstream' : 'Command'}>
        <CommandLine server={server} />
      </Fact>
      <Address name={server.name} />
      <Fact name="Policy">
        {sharesState(policy) ? (
          <>
            <span className="font-medium">{POLICY_WORDS[policy]}.</span>{' '}
            <span className="text-ink-2">{POLICY_MEANINGS[policy]}</span>
          </>
        ) : (
          <span title={POLICY_MEANINGS[policy]}>{POLICY_WORDS[policy]}</span>
        )}
      </Fact>
      <Fact name="Sessions">
        {server.sessions_using === 0 ? (
          <span className="text-ink-2">None right now</span>
        ) : (
          <a
            href={routeHash({ view: 'sessions', id: null, params: { q: sessionsQuery(server) } })}
            className="rounded font-medium text-accent hover:underline"
          >
            {formatCount(server.sessions_using, 'session')} {server.sessions_using === 1 ? 'uses' : 'use'} it
          </a>
        )}
      </Fact>
      {running.length > 0 && (
        <Fact name={running.length === 1 ? 'Process' : 'Processes'}>
          <Processes running={running} />
        </Fact>
      )}
      {memory !== null && <Fact name="Memory">{formatBytes(memory)}</Fact>}
      {restarts > 0 && (
        <Fact name="Restarts">
          {formatNumber(restarts)} <span className="text-ink-2">since Holdfast started</span>
        </Fact>
      )}
      {server_info && (
        <Fact name="Program">
          {showInvisible(`${server_info.name} ${server_info.version}`)}
          {protocol_version !== null && <span className="text-ink-2">, protocol {protocol_version}</span>}
        </Fact>
      )}
      {server.login.state !== 'none' && (
        <Fact name="Login">
          <LoginFacts server={server} />
        </Fact>
      )}
      {error !== null && !saysItsError(server) && (
        <Fact name="Last error">
          <span className="text-danger">{showInvisible(error)}</span>{' '}
          {last_error_at !== null && <RelativeTime at={last_error_at} className="whitespace-nowrap text-ink-3" />}
        </Fact>
      )}
    </dl>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt className="text-ink-3">{name}</dt>
      <dd className="min-w-0 break-words text-ink">{children}</dd>
    </>
  );
}

/** One line, cut off if it is long; the dialog that confirms the command shows all of it. */
function CommandLine({ server: { command, args, url, env_names, header_names } }: { server: Server }) {
  const line = showInvisible(command === null ? (url ?? '') : [command, ...args].join(' '));
  const secrets = command === null ? header_names : env_names;
  return (
    <>
      <code title={line} className="block truncate font-mono text-xs leading-5">
        {line}
      </code>
      {secrets.length > 0 && (
        <span className="block truncate text-ink-3 text-xs" title={secrets.map(showInvisible).join(', ')}>
          with {secrets.map(showInvisible).join(', ')}
        </span>
      )}
    </>
  );
}

function Address({ name }: { name: string }) {
  const address = useHoldfast((state) => (state.app ? addressOf(state.app.url, name) : null));
  if (address === null) return null;
  return (
    <Fact name="Address">
      <span className="-my-1 flex items-center gap-1">
        <code className="truncate font-mono text-xs leading-5">{showInvisible(address)}</code>
        <CopyButton text={address} label={`Copy the address of ${showInvisible(name)}`} iconOnly />
      </span>
    </Fact>
  );
}

function Processes({ running }: { running: readonly ServerInstance[] }) {
  const more = running.length - PIDS_SHOWN;
  return (
    <>
      {running.slice(0, PIDS_SHOWN).map((instance, index) => (
        <span key={instance.instance_id}>
          {index > 0 && ', '}
          <Process instance={instance} />
        </span>
      ))}
      {more > 0 && <span className="text-ink-2"> and {formatNumber(more)} more</span>}
    </>
  );
}

/** A process, and on request whom it is held for. */
function Process({ instance: { pid, started_at, session_id, rss_bytes } }: { instance: ServerInstance }) {
  const session = useHoldfast((state) => (session_id === null ? undefined : state.sessions.get(session_id)));
  const title = [
    session === undefined ? '' : `For ${sessionProcess(session) || sessionName(session)}`,
    started_at === null ? '' : `Since ${formatDateTime(started_at)}`,
    rss_bytes === null ? '' : formatBytes(rss_bytes),
  ]
    .filter(Boolean)
    .join('\n');
  if (session_id === null) {
    return (
      <span data-pid={pid} title={title}>
        {pid}
      </span>
    );
  }
  return (
    <a
      data-pid={pid}
      title={title}
      href={routeHash({ view: 'sessions', id: session_id, params: {} })}
      className="rounded hover:text-accent hover:underline"
    >
      {pid}
    </a>
  );
}
