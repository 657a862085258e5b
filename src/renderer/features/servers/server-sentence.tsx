import type { ReactNode } from 'react';
import type { Server } from '../../../shared/contract/server';
import { visible } from '../../../shared/visible-text';
import { hasForeignError, serverSentence, waitOf } from '../../format/server-words';
import { useHoldfast } from '../../store/use-holdfast';
import { cx } from '../../ui/cx';
import { RichMessage } from '../../ui/rich-message';
import { ServerMark } from '../../ui/server-mark';
import { FromMemory } from './from-memory';

/** A server's state, and why it is in it. */
export function ServerSentenceLine({ server }: { server: Server }) {
  return (
    <div className="flex flex-col gap-0.5">
      <ServerMark server={server} />
      <Sentence server={server} />
      <FromMemory server={server} />
    </div>
  );
}

const said = (server: Server) => (text: ReactNode) => (
  <span translate={hasForeignError(server) ? 'no' : undefined}>{text}</span>
);
const countdown = (text: ReactNode) => (
  <span data-countdown className="inline-block min-w-[2.25em] whitespace-nowrap text-center font-medium text-ink">
    {text}
  </span>
);

/** During a countdown it reserves two lines and room for the digits, so that nothing moves. */
function Sentence({ server }: { server: Server }) {
  const wait = useHoldfast(({ now }) => waitOf(server, now));
  const { id, values } = serverSentence(server, wait);
  const shown = Object.entries(values).map(([name, value]) => [
    name,
    typeof value === 'string' ? visible(value) : value,
  ]);
  return (
    <p className={cx('break-words text-ink-2', wait !== null && 'min-h-11')}>
      <RichMessage id={id} values={{ ...Object.fromEntries(shown), said: said(server), left: countdown }} />
    </p>
  );
}
