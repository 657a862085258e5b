import type { ClientView, HiddenReason, ToolAdvice } from '../../../shared/contract/visibility';
import { roundedTokens } from '../../../shared/model/token-estimate';

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
export function viewLine({ shown, all, set, search, tokens }: ClientView): string {
  const limited = set === null ? '' : `, in the set "${set}"`;
  const [listed, searched] = [roundedTokens(tokens.listed), roundedTokens(tokens.search)];
  const size = search
    ? ` Found by search: about ${searched} tokens in every chat, in place of ${listed}.`
    : ` All listed: about ${listed} tokens in every chat; ${searched} by search.`;
  return `${shown} of ${all} tools, prompts and resources shown${limited}.${tokens.listed === 0 ? '' : size}`;
}

/** What could be hidden, with the command that hides it. */
export function adviceLines(advice: readonly ToolAdvice[]): string[] {
  if (advice.length === 0) return ['Nothing to hide: every tool is used, or too little is known yet.'];
  const lines = advice.flatMap(({ server, tools, unused, tokens, days }) => [
    `${server}: ${unused.length} of ${tools} tools were not called on ${days} days: about ${roundedTokens(tokens)} tokens in every chat.`,
    `  holdfast tools hide ${unused.map(({ name }) => `${server}/${name}`).join(' ')}`,
  ]);
  return [...lines, 'Or let a client find its tools by search: holdfast sets choose CLIENT --search'];
}
