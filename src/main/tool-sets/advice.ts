import type { ToolAdvice } from '../../shared/contract/visibility';
import type { VisibilityIndex } from '../../shared/model/visibility';
import type { Usage } from './tool-use';

/** With fewer days on which a server was listed, nobody can say that a tool is not needed. */
const LEAST_DAYS = 3;
/** Less is not worth a word. */
const LEAST_TOKENS = 1_000;
const LEAST_TOOLS = 3;

/**
 * The tools of a server that all clients have in their context and none has called; null if there is no evidence, or too
 * little to gain.
 */
export function adviceOn(
  server: string,
  sizes: ReadonlyMap<string, number>,
  usage: Usage,
  index: VisibilityIndex,
): ToolAdvice | null {
  if (usage.days < LEAST_DAYS) return null;
  const anybody = { client_id: '', set: null };
  const unused = [...sizes]
    .filter(([name]) => !usage.tools.has(name))
    .filter(([name]) => index.whyHidden(anybody, { server, kind: 'tool', name }) === null)
    .map(([name, tokens]) => ({ name, tokens }));
  const tokens = unused.reduce((sum, one) => sum + one.tokens, 0);
  if (unused.length < LEAST_TOOLS || tokens < LEAST_TOKENS) return null;
  return { server, tools: sizes.size, unused, tokens, days: usage.days };
}
