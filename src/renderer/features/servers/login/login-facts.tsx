import type { Server } from '../../../../shared/contract/server';
import { t } from '../../../../shared/messages/language';
import { showInvisible } from '../../../../shared/visible-text';
import { heldWords, loginWords } from '../../../format/login-words';
import { useHoldfast } from '../../../store/use-holdfast';
import { RelativeTime } from '../../../ui/relative-time';
import { RichMessage } from '../../../ui/rich-message';
import { Said } from '../../../ui/said';
import { SCOPES_INLINE, ScopeList } from './scope-list';

/** How the login of a server is: who, for how long, what it allows, and what is wrong with it. */
export function LoginFacts({ server: { name, state, login } }: { server: Server }) {
  const words = useHoldfast(({ now }) => loginWords(login, now));
  const held = heldWords(login);
  const since = login.state === 'needed' ? login.since : null;
  return (
    <div data-login={login.state} className="flex flex-col gap-0.5">
      <p>
        {since === null ? (
          showInvisible(words)
        ) : (
          <RichMessage
            id="login.since"
            values={{
              words: showInvisible(words),
              time: <RelativeTime at={since} coarse />,
              since: (text) => <span className="text-ink-3">{text}</span>,
            }}
          />
        )}
      </p>
      {login.problem !== null && (
        <p className="text-disconnected">
          <Said text={login.problem} />
        </p>
      )}
      {held !== '' && state !== 'needs_login' && <p className="text-ink-2">{held}</p>}
      {login.last_refresh_at !== null && (
        <p className="text-ink-3">
          <RichMessage id="login.refreshed" values={{ time: <RelativeTime at={login.last_refresh_at} coarse /> }} />
        </p>
      )}
      {login.scopes.length > 0 && (
        <div className="text-ink-2">
          <Allows name={name} scopes={login.scopes} />
        </div>
      )}
    </div>
  );
}

function Allows({ name, scopes }: { name: string; scopes: readonly string[] }) {
  const list = <ScopeList scopes={scopes} label={t('login.allowed', { name: showInvisible(name) })} />;
  return scopes.length > SCOPES_INLINE ? list : <RichMessage id="login.allows" values={{ scopes: list }} />;
}
