import type { HTMLAttributes, TableHTMLAttributes, TdHTMLAttributes, ThHTMLAttributes } from 'react';
import { cx } from './cx';

/** A plain table for up to a few hundred rows. Give it a `<caption>`, visible or `className="sr-only"`. */
export const Table = ({ className, ...rest }: TableHTMLAttributes<HTMLTableElement>) => (
  <table className={cx('w-full border-collapse text-start text-sm', className)} {...rest} />
);

export const Th = ({ className, ...rest }: ThHTMLAttributes<HTMLTableCellElement>) => (
  <th scope="col" className={cx('h-8 whitespace-nowrap px-3 font-medium text-ink-3 text-xs', className)} {...rest} />
);

export const Tr = ({ className, ...rest }: HTMLAttributes<HTMLTableRowElement>) => (
  <tr className={cx('border-line border-t', className)} {...rest} />
);

/** `numeric` aligns it right. */
export const Td = ({ className, numeric, ...rest }: TdHTMLAttributes<HTMLTableCellElement> & { numeric?: boolean }) => (
  <td className={cx('h-9 px-3 align-middle text-ink', numeric && 'text-end tabular-nums', className)} {...rest} />
);
