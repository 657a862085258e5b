import { Fragment } from 'react';
import type { Server } from '../../../shared/contract/server';
import { t } from '../../../shared/messages/language';
import { oauthFacts } from '../../../shared/model/oauth-facts';
import { showInvisible } from '../../../shared/visible-text';
import { partWord } from '../../format/server-words';
import { RichMessage } from '../../ui/rich-message';

/** What makes up a command: everything but the values of secrets. */
export type ShownCommand = Pick<Server, 'command' | 'args' | 'cwd' | 'env_names' | 'env_values'>;

/** Whether two commands look the same to the user. */
export const isSameCommand = (a: ShownCommand, b: ShownCommand): boolean =>
  a.command === b.command &&
  a.cwd === b.cwd &&
  a.args.join('\0') === b.args.join('\0') &&
  a.env_names.toSorted().join('\0') === b.env_names.toSorted().join('\0') &&
  a.env_names.every((name) => a.env_values[name] === b.env_values[name]);

/** All of a command: nothing cut off, nothing hidden, one argument per line. */
export function CommandShown({ command: { command, args, cwd, env_names, env_values } }: { command: ShownCommand }) {
  return (
    <dl className="grid grid-cols-[7rem_minmax(0,1fr)] gap-x-3 gap-y-3 text-sm">
      <dt className="text-ink-3">{t('servers.shown.program')}</dt>
      <dd>
        <Exact text={command ?? ''} />
      </dd>
      <dt className="text-ink-3">{t('servers.shown.arguments')}</dt>
      <dd>
        {args.length === 0 ? (
          <span className="text-ink-2">{t('servers.shown.none')}</span>
        ) : (
          <ol aria-label={t('servers.shown.arguments')} className="flex flex-col gap-1">
            {args.map((arg, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: an argument is its position
              <li key={index} className="flex gap-2">
                <span aria-hidden className="w-5 shrink-0 text-end text-ink-3 leading-6">
                  {index + 1}
                </span>
                <Exact text={arg} />
              </li>
            ))}
          </ol>
        )}
      </dd>
      <dt className="text-ink-3">{t('servers.shown.folder')}</dt>
      <dd>{cwd === null ? <span className="text-ink-2">{t('servers.shown.home')}</span> : <Exact text={cwd} />}</dd>
      <NamedValues
        label={t('servers.shown.environment')}
        names={env_names}
        values={env_values}
        none={t('servers.shown.defaults')}
      />
    </dl>
  );
}

/** All of an address: where it leads, what is sent there, and what its login says. */
export function AddressShown({ server }: { server: Pick<Server, 'url' | 'header_names' | 'header_values' | 'oauth'> }) {
  const { url, header_names, header_values, oauth } = server;
  return (
    <dl className="grid grid-cols-[7rem_minmax(0,1fr)] gap-x-3 gap-y-3 text-sm">
      <dt className="text-ink-3">{t('servers.shown.address')}</dt>
      <dd>
        <Exact text={url ?? ''} />
      </dd>
      <NamedValues
        label={t('servers.shown.headers')}
        names={header_names}
        values={header_values}
        none={t('servers.shown.none')}
      />
      {oauthFacts(oauth).map(({ name, value }) => (
        <Fragment key={name}>
          <dt className="break-words text-ink-3 first-letter:uppercase">{partWord(name)}</dt>
          <dd>
            {value === null ? <span className="text-ink-2">{t('servers.shown.kept')}</span> : <Exact text={value} />}
          </dd>
        </Fragment>
      ))}
    </dl>
  );
}

interface NamedValuesProps {
  label: string;
  names: readonly string[];
  /** Those that may be shown. */
  values: Readonly<Record<string, string>>;
  none: string;
}

function NamedValues({ label, names, values, none }: NamedValuesProps) {
  const hidden = names.filter((name) => !Object.hasOwn(values, name));
  return (
    <>
      {Object.entries(values).map(([name, value]) => (
        <Fragment key={name}>
          <dt translate="no" className="break-words text-ink-3">
            {showInvisible(name)}
          </dt>
          <dd>
            <Exact text={value} />
          </dd>
        </Fragment>
      ))}
      <dt className="text-ink-3">{label}</dt>
      <dd className="text-ink-2">
        {names.length === 0 && none}
        {names.length > 0 && hidden.length === 0 && t('servers.shown.above')}
        {hidden.length > 0 && (
          <RichMessage
            id="servers.shown.hidden"
            values={{
              list: hidden.map(showInvisible).join(', '),
              all: hidden.length === names.length ? 'yes' : 'no',
              names: (text) => (
                <span translate="no" className="break-words font-mono text-ink text-xs">
                  {text}
                </span>
              ),
            }}
          />
        )}
      </dd>
    </>
  );
}

const Exact = ({ text }: { text: string }) => (
  <code
    data-exact
    translate="no"
    className="block min-w-0 flex-1 whitespace-pre-wrap break-all rounded bg-sunken px-2 py-0.5 font-mono text-ink text-sm forced-border"
  >
    {text === '' ? <span className="text-ink-3">{t('servers.shown.empty')}</span> : showInvisible(text)}
  </code>
);
