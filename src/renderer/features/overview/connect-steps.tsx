import { t } from '../../../shared/messages/language';

const STEPS = [
  [t('overview.step.key'), t('overview.step.key.text')],
  [t('overview.step.paste'), t('overview.step.paste.text')],
  [t('overview.step.use'), t('overview.step.use.text')],
] as const;

/** What a new user does first: three steps to the first session. */
export function ConnectSteps() {
  return (
    <ol className="grid grid-cols-1 gap-5 px-5 py-6 min-[800px]:grid-cols-3">
      {STEPS.map(([title, text], index) => (
        <li key={title} className="flex gap-3">
          <span
            aria-hidden
            className="flex size-6 shrink-0 items-center justify-center rounded-full bg-selected font-semibold text-accent text-sm"
          >
            {index + 1}
          </span>
          <div>
            <p className="font-semibold text-ink">{title}</p>
            <p className="text-ink-2 text-sm">{text}</p>
          </div>
        </li>
      ))}
    </ol>
  );
}
