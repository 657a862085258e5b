import type { ClientView, HiddenReason } from '../../../shared/contract/visibility';

const REASONS: Readonly<Record<HiddenReason, string>> = {
  for_client: 'hidden from this client',
  for_all: 'hidden from all clients',
  server_for_client: 'its server is hidden from this client',
  server_for_all: 'its server is hidden from all clients',
  not_in_set: 'not in the set of this client',
};

/** The table of what a client sees. */
export const viewRows = ({ servers }: ClientView): string[][] =>
  servers.flatMap(({ server, items }) =>
    items.map(({ kind, name, hidden }) => [
      hidden === null ? 'shown' : 'hidden',
      kind,
      `${server}/${name}`,
      hidden === null ? '' : REASONS[hidden],
    ]),
  );

/** What a client sees, in numbers. */
export function viewLine({ shown, all, set }: ClientView): string {
  const limited = set === null ? '' : `, in the set "${set}"`;
  return `${shown} of ${all} tools, prompts and resources shown${limited}.`;
}
