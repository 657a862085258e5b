import { CircleHelp } from 'lucide-react';
import { t } from '../../shared/messages/language';
import { IconButton } from './button';
import { Popover } from './popover';

interface FilterHelpProps {
  /** What can be typed, and what it finds. */
  examples: readonly (readonly [text: string, meaning: string])[];
  facets: readonly string[];
}

/** The button in a filter box that explains what it understands. */
export function FilterHelp({ examples, facets }: FilterHelpProps) {
  return (
    <Popover
      title={t('sessions.filter.help.title')}
      trigger={
        <IconButton label={t('sessions.filter.help')}>
          <CircleHelp size={15} aria-hidden />
        </IconButton>
      }
    >
      <dl className="grid grid-cols-[auto_1fr] gap-x-4 gap-y-1">
        {examples.map(([text, meaning]) => (
          <div key={text} className="contents">
            <dt translate="no" className="whitespace-nowrap font-mono text-ink text-xs leading-5">
              {text}
            </dt>
            <dd>{meaning}</dd>
          </div>
        ))}
      </dl>
      <p className="mt-3 text-ink-3">{t('sessions.filter.help.facets', { facets: facets.join(', ') })}</p>
    </Popover>
  );
}
