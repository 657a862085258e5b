import type { Server } from '../../../../shared/contract/server';
import { showInvisible } from '../../../../shared/visible-text';
import { heldWords, loginWords } from '../../../format/login-words';
import { useHoldfast } from '../../../store/use-holdfast';
import { RelativeTime } from '../../../ui/relative-time';
import { SCOPES_INLINE, ScopeList } from './scope-list';

/** How the login of a server is: who, for how long, what it allows, and what is wrong with it. */
export function LoginFacts({ server: { name, state, login } }: { server: Server }) {
  const words = useHoldfast(({ now }) => loginWords(login, now));
  const held = heldWords(login);
  const since = login.state === 'needed' ? login.since : null;
  return (
    <div data-login={login.state} className="flex flex-col gap-0.5">
      <p>
        {showInvisible(words)}
        {since !== null && (
          <span className="text-ink-3">
            , since <RelativeTime at={since} coarse />
          </span>
        )}
      </p>
      {login.problem !== null && <p className="text-disconnected">{showInvisible(login.problem)}</p>}
      {held !== '' && state !== 'needs_login' && <p className="text-ink-2">{held}</p>}
      {login.last_refresh_at !== null && (
        <p className="text-ink-3">
          Last refreshed <RelativeTime at={login.last_refresh_at} coarse />
        </p>
      )}
      {login.scopes.length > 0 && (
        <div className="text-ink-2">
          {login.scopes.length <= SCOPES_INLINE && 'Allows '}
          <ScopeList scopes={login.scopes} label={`What the login to ${showInvisible(name)} allows`} />
        </div>
      )}
    </div>
  );
}
