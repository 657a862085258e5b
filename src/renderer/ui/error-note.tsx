import { CircleAlert } from 'lucide-react';
import { HoldfastError } from '../../shared/errors';
import { t } from '../../shared/messages/language';
import { isSaid, whatWasSaid } from '../../shared/messages/what-was-said';
import { cx } from './cx';

/** An error's sentence for the user. Anything but a `HoldfastError` is a defect and says so. */
export const errorSentence = (error: unknown): string =>
  error instanceof HoldfastError ? (whatWasSaid(error.message) ?? error.message) : t('ui.defect');

/** Whether its sentence is in no catalogue: an address or a program of somebody else has written it. */
const isForeign = (error: unknown): boolean => error instanceof HoldfastError && !isSaid(error.message);

/** An error, shown where it happened and read out at once. */
export function ErrorNote({ error, className }: { error: unknown; className?: string }) {
  return (
    <p
      role="alert"
      className={cx('flex items-start gap-2 rounded-md bg-danger-soft px-3 py-2 text-danger text-sm', className)}
    >
      <CircleAlert size={16} aria-hidden className="mt-0.5 shrink-0" />
      <span translate={isForeign(error) ? 'no' : undefined} className="min-w-0 break-words">
        {errorSentence(error)}
      </span>
    </p>
  );
}
