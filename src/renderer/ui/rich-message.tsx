import { Fragment, type ReactNode } from 'react';
import type { MessageId } from '../../shared/messages/en';
import { messageFormat } from '../../shared/messages/language';

interface RichMessageProps {
  id: MessageId;
  /** What names in braces stand for, and how `<tags>` are drawn. */
  values: Readonly<Record<string, string | number | ReactNode | ((chunks: ReactNode) => ReactNode)>>;
}

/** A text of the catalogue with elements in it: `Press <key>{name}</key>`. */
export function RichMessage({ id, values }: RichMessageProps) {
  const parts = messageFormat(id).format<ReactNode>(values as never);
  // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a text never change places
  return Array.isArray(parts) ? parts.map((part, index) => <Fragment key={index}>{part}</Fragment>) : parts;
}
