import type { KeyToSet } from '../../../../shared/contract/connect';
import { t } from '../../../../shared/messages/language';
import { SnippetBox } from '../snippet-box';

/** The variable that a program reads its key from, shown this once. */
export function KeyToSetNote({ name, toSet: { variable, key } }: { name: string; toSet: KeyToSet }) {
  return (
    <SnippetBox
      snippet={{
        text: `export ${variable}=${key}`,
        place: t('connect.to_set.place'),
        note: t('connect.to_set.note', { name }),
      }}
      secret={key}
    />
  );
}
