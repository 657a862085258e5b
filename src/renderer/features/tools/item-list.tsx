import type { HiddenReason, ListedItem } from '../../../shared/contract/visibility';
import { t } from '../../../shared/messages/language';
import { ITEM_KINDS, type ItemKind } from '../../../shared/model/visibility';
import { showInvisible } from '../../../shared/visible-text';
import { cx } from '../../ui/cx';
import { Switch } from '../../ui/switch';

/** With fewer days nobody can say that a tool is not needed. */
const LEAST_DAYS = 3;

interface ItemListProps {
  items: readonly ListedItem[];
  /** Null while that is not known: nothing can be switched then. */
  isShown: ((item: ListedItem) => boolean) | null;
  /** Why it is hidden, where its own switch does not say it. */
  whyHidden?(item: ListedItem): HiddenReason | null;
  /** On so many days a client had them, so that no call of one says something. Without it, nothing is said of calls. */
  days?: number;
  onChange(item: ListedItem, shown: boolean): void;
}

/** The tools, prompts and resources of a server, each with a switch. */
export function ItemList({ items, isShown, whyHidden, days = 0, onChange }: ItemListProps) {
  const kinds = ITEM_KINDS.filter((kind) => items.some((item) => item.kind === kind));
  return (
    <>
      {kinds.map((kind) => {
        const ofKind = items.filter((item) => item.kind === kind);
        return (
          <div key={kind} className="flex flex-col gap-1.5">
            {kind !== 'tool' && <h4 className="mt-1 font-semibold text-ink text-sm">{countOf(kind, ofKind.length)}</h4>}
            <ul className="flex flex-col gap-1.5 text-sm">
              {ofKind.map((item) => (
                <li key={item.name} data-item={item.name}>
                  <Switch
                    checked={isShown?.(item) ?? true}
                    disabled={isShown === null}
                    onChange={(shown) => onChange(item, shown)}
                    label={<ItemName name={item.name} isShown={isShown?.(item) ?? true} />}
                  />
                  <About
                    item={item}
                    why={whyHidden?.(item) ?? null}
                    isUnused={days >= LEAST_DAYS && item.kind === 'tool' && item.calls === 0}
                  />
                </li>
              ))}
            </ul>
          </div>
        );
      })}
    </>
  );
}

const ItemName = ({ name, isShown }: { name: string; isShown: boolean }) => (
  <code translate="no" className={cx('min-w-0 break-all font-mono text-xs', isShown ? 'text-ink' : 'text-ink-3')}>
    {showInvisible(name)}
  </code>
);

interface AboutProps {
  item: ListedItem;
  why: HiddenReason | null;
  isUnused: boolean;
}

function About({ item: { description, tokens }, why, isUnused }: AboutProps) {
  const facts = [
    tokens === null ? '' : t('tools.tokens', { tokens }),
    isUnused ? t('tools.unused') : '',
    why === null ? '' : t(`tools.why.${why}`),
  ].filter(Boolean);
  return (
    <div className="ps-9">
      {description !== null && (
        <p translate="no" className="line-clamp-2 break-words text-ink-2" title={showInvisible(description)}>
          {showInvisible(description)}
        </p>
      )}
      {facts.length > 0 && <p className="text-ink-3 text-xs">{facts.join(' · ')}</p>}
    </div>
  );
}

const countOf = (kind: ItemKind, count: number): string =>
  t(kind === 'prompt' ? 'tools.prompts_count' : 'tools.resources_count', { count });
