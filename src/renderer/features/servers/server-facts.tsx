import type { ReactNode } from 'react';
import type { Server, ServerInstance } from '../../../shared/contract/server';
import { t } from '../../../shared/messages/language';
import { showInvisible } from '../../../shared/visible-text';
import { formatBytes, formatProcessor } from '../../format/number';
import {
  hasForeignError,
  isAlive,
  lastErrorOf,
  memoryOf,
  POLICY_MEANINGS,
  POLICY_WORDS,
  processorOf,
  saysItsError,
  sharesState,
} from '../../format/server-words';
import { formatDateTime } from '../../format/time';
import { sessionName, sessionProcess } from '../../format/words';
import { routeHash } from '../../store/route';
import { useHoldfast } from '../../store/use-holdfast';
import { CopyButton } from '../../ui/copy-button';
import { Fact } from '../../ui/fact';
import { RelativeTime } from '../../ui/relative-time';
import { RichMessage } from '../../ui/rich-message';
import { activityHash } from '../activity/activity-place';
import { LoginFacts } from './login/login-facts';
import { ProgramWords } from './program-words';
import { addressOf, sessionsQuery } from './server-list';

const PIDS_SHOWN = 4;
const aside = (text: ReactNode) => <span className="text-ink-2">{text}</span>;

export interface ServerFactsProps {
  server: Server;
  /** Leaves out its processes, which are listed elsewhere with what each of them takes. */
  withoutProcesses?: boolean;
}

/** What is known about a server. */
export function ServerFacts({ server, withoutProcesses = false }: ServerFactsProps) {
  const { policy, restarts, last_error_at, server_info, protocol_version } = server;
  const memory = memoryOf(server);
  const processor = processorOf(server);
  const error = lastErrorOf(server);
  const running = server.instances.filter(isAlive);
  const showsSums = !withoutProcesses || running.length > 1;
  return (
    <dl className="grid grid-cols-[6rem_minmax(0,1fr)] gap-x-3 gap-y-1 text-sm">
      <Fact name={t(server.transport === 'http' ? 'servers.fact.upstream' : 'servers.fact.command')}>
        <CommandLine server={server} />
      </Fact>
      <Address name={server.name} />
      <Fact name={t('servers.fact.policy')}>
        {sharesState(policy) ? (
          <RichMessage
            id="servers.fact.policy_shared"
            values={{
              policy: POLICY_WORDS[policy],
              meaning: POLICY_MEANINGS[policy],
              strong: (text) => <span className="font-medium">{text}</span>,
              means: aside,
            }}
          />
        ) : (
          <span title={POLICY_MEANINGS[policy]}>{POLICY_WORDS[policy]}</span>
        )}
      </Fact>
      <Fact name={t('servers.fact.sessions')}>
        {server.sessions_using === 0 ? (
          <span className="text-ink-2">{t('servers.fact.no_sessions')}</span>
        ) : (
          <a
            href={routeHash({ view: 'sessions', id: null, params: { q: sessionsQuery(server) } })}
            className="rounded font-medium text-accent hover:underline"
          >
            {t('servers.fact.used_by', { count: server.sessions_using })}
          </a>
        )}
      </Fact>
      <Fact name={t('servers.fact.calls')}>
        <RichMessage
          id="servers.fact.calls.show"
          values={{
            each: (text) => (
              <a href={activityHash({ server: server.name })} className="rounded text-accent hover:underline">
                {text}
              </a>
            ),
            failed: (text) => (
              <a
                href={activityHash({ server: server.name, failed: true })}
                className="rounded text-accent hover:underline"
              >
                {text}
              </a>
            ),
          }}
        />
      </Fact>
      {running.length > 0 && !withoutProcesses && (
        <Fact name={t('servers.fact.processes', { count: running.length })}>
          <Processes running={running} />
        </Fact>
      )}
      {memory !== null && showsSums && <Fact name={t('servers.fact.memory')}>{formatBytes(memory)}</Fact>}
      {processor !== null && showsSums && (
        <Fact name={t('servers.fact.processor')}>
          <span title={t('servers.processor.meaning')}>{formatProcessor(processor)}</span>
        </Fact>
      )}
      {restarts > 0 && (
        <Fact name={t('servers.fact.restarts')}>
          <RichMessage id="servers.fact.restarts_since" values={{ count: restarts, since: aside }} />
        </Fact>
      )}
      {server_info && (
        <Fact name={t('servers.fact.program')}>
          <ProgramWords info={server_info} protocol={protocol_version} />
        </Fact>
      )}
      {server.login.state !== 'none' && (
        <Fact name={t('servers.fact.login')}>
          <LoginFacts server={server} />
        </Fact>
      )}
      {error !== null && !saysItsError(server) && (
        <Fact name={t('servers.fact.last_error')}>
          <span translate={hasForeignError(server) ? 'no' : undefined} className="text-danger">
            {showInvisible(error)}
          </span>{' '}
          {last_error_at !== null && <RelativeTime at={last_error_at} className="whitespace-nowrap text-ink-3" />}
        </Fact>
      )}
    </dl>
  );
}

/** One line, cut off if it is long; the dialog that confirms the command shows all of it. */
function CommandLine({ server: { command, args, url, env_names, header_names } }: { server: Server }) {
  const line = showInvisible(command === null ? (url ?? '') : [command, ...args].join(' '));
  const secrets = command === null ? header_names : env_names;
  return (
    <>
      <code title={line} translate="no" className="block truncate font-mono text-xs leading-5">
        {line}
      </code>
      {secrets.length > 0 && (
        <span
          className="block truncate text-ink-3 text-xs"
          translate="no"
          title={secrets.map(showInvisible).join(', ')}
        >
          {t('servers.fact.with', { names: secrets.map(showInvisible).join(', ') })}
        </span>
      )}
    </>
  );
}

function Address({ name }: { name: string }) {
  const address = useHoldfast((state) => (state.app ? addressOf(state.app.url, name) : null));
  if (address === null) return null;
  return (
    <Fact name={t('servers.fact.address')}>
      <span className="-my-1 flex items-center gap-1">
        <code translate="no" className="truncate font-mono text-xs leading-5">
          {showInvisible(address)}
        </code>
        <CopyButton text={address} label={t('servers.fact.copy_address', { name: showInvisible(name) })} iconOnly />
      </span>
    </Fact>
  );
}

function Processes({ running }: { running: readonly ServerInstance[] }) {
  const more = running.length - PIDS_SHOWN;
  const processes = running.slice(0, PIDS_SHOWN).map((instance, index) => (
    <span key={instance.instance_id}>
      {index > 0 && ', '}
      <Process instance={instance} />
    </span>
  ));
  if (more <= 0) return processes;
  return <RichMessage id="servers.fact.more_processes" values={{ processes, count: more, more: aside }} />;
}

/** A process, and on request whom it is held for. */
function Process({ instance: { pid, started_at, session_id, rss_bytes } }: { instance: ServerInstance }) {
  const session = useHoldfast((state) => (session_id === null ? undefined : state.sessions.get(session_id)));
  const title = [
    session === undefined ? '' : t('servers.process.for', { session: sessionProcess(session) || sessionName(session) }),
    started_at === null ? '' : t('servers.process.since', { time: formatDateTime(started_at) }),
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
