import { Fragment } from 'react';
import type { Server } from '../../../shared/contract/server';
import { showInvisible } from '../../../shared/visible-text';

/** What makes up a command. It leaves out the values of variables, except those that decide which program runs. */
export type ShownCommand = Pick<Server, 'command' | 'args' | 'cwd' | 'env_names'> & Partial<Pick<Server, 'code_env'>>;

/** Whether two commands look the same to the user. */
export const isSameCommand = (a: ShownCommand, b: ShownCommand): boolean =>
  a.command === b.command &&
  a.cwd === b.cwd &&
  a.args.join('\0') === b.args.join('\0') &&
  a.env_names.toSorted().join('\0') === b.env_names.toSorted().join('\0');

/** All of a command: nothing cut off, nothing hidden, one argument per line. */
export function CommandShown({ command: { command, args, cwd, env_names, code_env = {} } }: { command: ShownCommand }) {
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
      <dt className="text-ink-3">Runs in</dt>
      <dd>{cwd === null ? <span className="text-ink-2">your home folder</span> : <Exact text={cwd} />}</dd>
      {Object.entries(code_env).map(([variable, value]) => (
        <Fragment key={variable}>
          <dt className="break-words text-ink-3">{showInvisible(variable)}</dt>
          <dd>
            <Exact text={value} />
          </dd>
        </Fragment>
      ))}
      <dt className="text-ink-3">Environment</dt>
      <dd className="text-ink-2">
        {env_names.length === 0 ? (
          'No variables of its own'
        ) : (
          <>
            <span className="break-words font-mono text-ink text-xs">{env_names.map(showInvisible).join(', ')}</span> (
            {Object.keys(code_env).length > 0 ? 'other values' : 'the values'} stay hidden)
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
