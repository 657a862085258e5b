import { ChevronRight, Eye, EyeOff, Lock } from 'lucide-react';
import { useCallback, useId, useRef, useState } from 'react';
import { t } from '../../../../shared/messages/language';
import { OAUTH_CALLBACK_PATH } from '../../../../shared/model/oauth-rules';
import { useHoldfast } from '../../../store/use-holdfast';
import { Badge } from '../../../ui/badge';
import { Button, IconButton } from '../../../ui/button';
import { CopyButton } from '../../../ui/copy-button';
import { cx } from '../../../ui/cx';
import { Field, INPUT } from '../../../ui/field';
import { RichMessage } from '../../../ui/rich-message';
import type { FieldProblems } from './form-model';
import { isBlankLogin, type LoginFields } from './login-model';

export interface LoginSectionProps {
  login: LoginFields;
  problems: FieldProblems;
  onChange(part: Partial<LoginFields>): void;
}

/** What a login needs that a server cannot say by itself. Folded: most servers need none of it. */
export function LoginSection({ login, problems, onChange }: LoginSectionProps) {
  const isWrong = [problems.clientId, problems.clientSecret, problems.scopes, problems.authorizationServer].some(
    Boolean,
  );
  const [isOpen, setOpen] = useState(() => !isBlankLogin(login));
  return (
    <details
      className="group rounded-md border border-line"
      open={isOpen || isWrong}
      onToggle={(event) => setOpen(event.currentTarget.open)}
    >
      <summary className="flex min-h-9 list-none items-center gap-1 rounded-md px-3 text-sm">
        <ChevronRight size={14} aria-hidden className="shrink-0 transition-transform group-open:rotate-90" />
        <span className="font-medium text-ink">{t('server_form.login')}</span>
        <span className="truncate text-ink-3">{summaryOf(login)}</span>
      </summary>
      <div className="flex flex-col gap-3 px-3 pt-1 pb-3">
        <Field
          label={t('server_form.client_id')}
          value={login.clientId}
          autoComplete="off"
          spellCheck={false}
          className="font-mono text-sm"
          onChange={(clientId) => onChange({ clientId })}
          error={problems.clientId}
          hint={t('server_form.client_id_hint')}
        />
        <ClientSecret
          value={login.clientSecret}
          error={problems.clientSecret}
          onChange={(clientSecret) => onChange({ clientSecret })}
        />
        <Field
          label={t('server_form.scopes')}
          value={login.scopes}
          autoComplete="off"
          spellCheck={false}
          className="font-mono text-sm"
          onChange={(scopes) => onChange({ scopes })}
          error={problems.scopes}
          hint={t('server_form.scopes_hint')}
        />
        <Field
          label={t('server_form.authorization_server')}
          value={login.authorizationServer}
          autoComplete="off"
          spellCheck={false}
          className="font-mono text-sm"
          onChange={(authorizationServer) => onChange({ authorizationServer })}
          error={problems.authorizationServer}
          hint={t('server_form.authorization_server_hint')}
        />
        <Redirect />
      </div>
    </details>
  );
}

function summaryOf(login: LoginFields): string {
  if (login.clientId !== '') return t('server_form.login_as', { client: login.clientId });
  if (!isBlankLogin(login)) return '';
  if (login.before?.needed === false) return t('server_form.login_never');
  return t(login.before?.needed ? 'server_form.login_always' : 'server_form.login_asked');
}

interface ClientSecretProps {
  value: string | null;
  error?: string | undefined;
  onChange(value: string | null): void;
}

/** Hidden while typed, and never shown again once stored. */
function ClientSecret({ value, error, onChange }: ClientSecretProps) {
  const id = useId();
  const [shown, setShown] = useState(false);
  const hint = `${id}-hint`;
  const isReplacing = useRef(false);
  const replace = () => {
    isReplacing.current = true;
    onChange('');
  };
  /** The focused button is gone: its focus moves on before the dialog takes it. */
  const focusIfReplacing = useCallback((input: HTMLInputElement | null) => {
    if (!input || !isReplacing.current) return;
    isReplacing.current = false;
    input.focus();
  }, []);
  return (
    <div className="flex flex-col gap-1">
      <label htmlFor={value === null ? undefined : id} className="font-medium text-ink text-sm">
        {t('server_form.client_secret')}
      </label>
      {value === null ? (
        <div className="flex h-8 items-center gap-2">
          <Badge icon={<Lock size={12} aria-hidden />} title={t('server_form.kept_hint')}>
            {t('server_form.kept')}
          </Badge>
          <Button size="sm" variant="ghost" onClick={replace}>
            <RichMessage
              id="server_form.replace"
              values={{
                title: t('server_form.client_secret_title'),
                hidden: (text) => <span className="sr-only">{text}</span>,
              }}
            />
          </Button>
        </div>
      ) : (
        <div className="flex items-center gap-1.5">
          <input
            ref={focusIfReplacing}
            id={id}
            type={shown ? 'text' : 'password'}
            value={value}
            autoComplete="new-password"
            spellCheck={false}
            aria-invalid={error ? true : undefined}
            aria-describedby={hint}
            onChange={(event) => onChange(event.target.value)}
            className={cx(INPUT, 'flex-1 font-mono text-sm', error ? 'border-danger' : null)}
          />
          <IconButton
            label={t(shown ? 'server_form.hide' : 'server_form.show', { title: t('server_form.client_secret_title') })}
            aria-pressed={shown}
            onClick={() => setShown(!shown)}
          >
            {shown ? <EyeOff size={15} aria-hidden /> : <Eye size={15} aria-hidden />}
          </IconButton>
        </div>
      )}
      <p id={hint} className={cx('min-h-5 text-sm', error ? 'text-danger' : 'text-ink-3')}>
        {error || t('server_form.client_secret_hint')}
      </p>
    </div>
  );
}

/** The address that a provider asks for when an application is registered. */
function Redirect() {
  const address = useHoldfast((state) => (state.app ? `${state.app.url}${OAUTH_CALLBACK_PATH}` : null));
  if (address === null) return null;
  return (
    <div className="flex flex-col gap-1 text-sm">
      <p className="text-ink-2">{t('server_form.redirect')}</p>
      <span className="-my-1 flex items-center gap-1">
        <code translate="no" className="truncate font-mono text-ink text-xs leading-5">
          {address}
        </code>
        <CopyButton text={address} label={t('server_form.copy_redirect')} iconOnly />
      </span>
    </div>
  );
}
