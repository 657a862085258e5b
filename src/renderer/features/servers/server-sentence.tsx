import type { Server } from '../../../shared/contract/server';
import { visible } from '../../../shared/visible-text';
import { serverSentence } from '../../format/server-words';
import { useHoldfast } from '../../store/use-holdfast';
import { cx } from '../../ui/cx';
import { ServerMark } from '../../ui/server-mark';

/** A server's state, and why it is in it. */
export function ServerSentenceLine({ server }: { server: Server }) {
  return (
    <div className="flex flex-col gap-0.5">
      <ServerMark server={server} />
      <Sentence server={server} />
    </div>
  );
}

/** During a countdown it reserves two lines and room for the digits, so that nothing moves. */
function Sentence({ server }: { server: Server }) {
  const countdown = useHoldfast(({ now }) => serverSentence(server, now).countdown);
  const { before, after } = useSentenceFrame(server);
  return (
    <p className={cx('break-words text-ink-2', countdown !== null && 'min-h-11')}>
      {visible(before)}
      {countdown !== null && (
        <>
          {' '}
          <span
            data-countdown
            className="inline-block min-w-[2.25em] whitespace-nowrap text-center font-medium text-ink"
          >
            {countdown}
          </span>
        </>
      )}
      {after === '.' ? after : after && ` ${visible(after)}`}
    </p>
  );
}

/** The text around the countdown; it changes when the wait is over, not every second. */
function useSentenceFrame(server: Server): { before: string; after: string } {
  const before = useHoldfast(({ now }) => serverSentence(server, now).before);
  const after = useHoldfast(({ now }) => serverSentence(server, now).after);
  return { before, after };
}
