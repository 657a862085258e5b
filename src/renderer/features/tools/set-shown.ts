import { t } from '../../../shared/messages/language';
import type { ServerPart } from '../../../shared/model/visibility';
import { showInvisible } from '../../../shared/visible-text';
import type { Actions } from '../../store/actions';
import { toast, toastError } from '../../ui/toast';

/** What is shown or hidden, and from whom. */
export interface Shown {
  readonly server: string;
  readonly parts: readonly ServerPart[];
  readonly shown: boolean;
  /** Null for all clients. */
  readonly client: { readonly client_id: string; readonly name: string } | null;
}

/** Shows or hides parts of a server, and offers to undo a hiding; never rejects. */
export async function changeShown({ setShown }: Actions, { server, parts, shown, client }: Shown): Promise<void> {
  const name = showInvisible(server);
  try {
    const undo = await setShown({ client_id: client?.client_id ?? null, parts: [...parts], shown });
    if (shown) return;
    const [first] = parts;
    const isWhole = first?.name === null;
    const title = isWhole
      ? t('tools.hidden_whole', { server: name })
      : t('tools.hidden', { count: parts.length, name: showInvisible(first?.name ?? ''), server: name });
    const detail =
      client === null ? t('tools.hidden_from_all') : t('tools.hidden_from_one', { client: showInvisible(client.name) });
    const putBack = () => undo().catch((failure: unknown) => toastError(t('tools.undo_failed'), failure));
    toast({ title, detail, undo: () => void putBack() });
  } catch (failure) {
    toastError(t('tools.change_failed', { server: name }), failure);
  }
}
