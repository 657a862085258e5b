import type { HiddenReason, ListedItem } from '../../../shared/contract/visibility';
import { t } from '../../../shared/messages/language';
import { ITEM_KINDS, type ItemKind } from '../../../shared/model/visibility';
import { showInvisible } from '../../../shared/visible-text';
import { cx } from '../../ui/cx';
import { Switch } from '../../ui/switch';

interface ItemListProps {
  items: readonly ListedItem[];
  /** Null while that is not known: nothing can be switched then. */
  isShown: ((item: ListedItem) => boolean) | null;
  /** Why it is hidden, where its own switch does not say it. */
  whyHidden?(item: ListedItem): HiddenReason | null;
  onChange(item: ListedItem, shown: boolean): void;
}

/** The tools, prompts and resources of a server, each with a switch. */
export function ItemList({ items, isShown, whyHidden, onChange }: ItemListProps) {
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
                  <About description={item.description} why={whyHidden?.(item) ?? null} />
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

function About({ description, why }: { description: string | null; why: HiddenReason | null }) {
  return (
    <div className="pl-9">
      {description !== null && (
        <p translate="no" className="line-clamp-2 break-words text-ink-2" title={showInvisible(description)}>
          {showInvisible(description)}
        </p>
      )}
      {why !== null && <p className="text-ink-3 text-xs">{t(`tools.why.${why}`)}</p>}
    </div>
  );
}

const countOf = (kind: ItemKind, count: number): string =>
  t(kind === 'prompt' ? 'tools.prompts_count' : 'tools.resources_count', { count });
