import { Menu as BaseMenu } from '@base-ui/react/menu';
import { Check } from 'lucide-react';
import type { ReactElement, ReactNode } from 'react';
import { cx } from './cx';

const ITEM = cx(
  'flex min-h-8 items-center gap-2 rounded px-2 py-1 text-ink text-sm outline-none',
  'data-[highlighted]:bg-sunken data-[disabled]:opacity-50',
);

/** A menu that opens from `trigger`, one focusable element. */
export function Menu({
  trigger,
  align,
  children,
}: {
  trigger: ReactElement;
  align?: 'start' | 'end';
  children: ReactNode;
}) {
  return (
    <BaseMenu.Root modal={false}>
      <BaseMenu.Trigger render={trigger} />
      <BaseMenu.Portal>
        <BaseMenu.Positioner sideOffset={6} align={align ?? 'end'} className="z-30">
          <BaseMenu.Popup className="overlay-motion min-w-48 rounded-lg border border-line bg-surface p-1 shadow-overlay outline-none">
            {children}
          </BaseMenu.Popup>
        </BaseMenu.Positioner>
      </BaseMenu.Portal>
    </BaseMenu.Root>
  );
}

export interface MenuItemProps {
  icon?: ReactNode;
  disabled?: boolean;
  danger?: boolean;
  onClick(): void;
  children: ReactNode;
}

export function MenuItem({ icon, disabled, danger, onClick, children }: MenuItemProps) {
  return (
    <BaseMenu.Item className={cx(ITEM, danger && 'text-danger')} disabled={disabled} onClick={onClick}>
      {icon && <span className="flex size-4 items-center justify-center">{icon}</span>}
      {children}
    </BaseMenu.Item>
  );
}

export interface MenuChoiceProps<T extends string> {
  label: string;
  value: T;
  options: readonly { readonly value: T; readonly label: string }[];
  onChange(value: NoInfer<T>): void;
}

/** A choice of one from several, with a tick at the chosen one. */
export function MenuChoice<T extends string>({ label, value, options, onChange }: MenuChoiceProps<T>) {
  return (
    <BaseMenu.Group>
      <BaseMenu.GroupLabel className="px-2 pt-1.5 pb-1 text-ink-3 text-xs">{label}</BaseMenu.GroupLabel>
      <BaseMenu.RadioGroup value={value} onValueChange={(next) => onChange(next as T)}>
        {options.map((option) => (
          <BaseMenu.RadioItem key={option.value} value={option.value} closeOnClick className={ITEM}>
            <span className="flex size-4 items-center justify-center">
              <BaseMenu.RadioItemIndicator>
                <Check size={14} aria-hidden />
              </BaseMenu.RadioItemIndicator>
            </span>
            {option.label}
          </BaseMenu.RadioItem>
        ))}
      </BaseMenu.RadioGroup>
    </BaseMenu.Group>
  );
}

/** Text above the items of a menu. */
export const MenuNote = ({ children }: { children: ReactNode }) => (
  <div className="max-w-72 px-2 py-1.5 text-ink-2 text-sm">{children}</div>
);

export const MenuSeparator = () => <BaseMenu.Separator className="my-1 border-line border-t" />;
