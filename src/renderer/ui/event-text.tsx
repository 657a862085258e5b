import { showInvisible } from '../../shared/visible-text';
import type { EventWords } from '../format/event-words';

/** The title of an event. */
export const EventTitle = ({ words: { title, isNamed } }: { words: EventWords }) =>
  isNamed ? <span translate="no">{showInvisible(title)}</span> : showInvisible(title);

/** Whether an event has more to say than its title. */
export const hasDetail = ({ said, detail }: EventWords): boolean => Boolean(said) || detail !== '';

/** What an event has to say besides its title: what was written about it, then what it means. */
export const EventDetail = ({ words: { said, detail } }: { words: EventWords }) => (
  <>
    {said && <span translate="no">{showInvisible(said)}</span>}
    {said && ' '}
    {showInvisible(detail)}
  </>
);
