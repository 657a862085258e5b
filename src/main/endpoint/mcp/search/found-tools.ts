import type { Services } from '../../../services';
import type { FoundTool } from '../../../tool-sets/tool-set-ports';

export interface FoundToolServices {
  readonly store: { readonly foundTools: Pick<Services['store']['foundTools'], 'of'> };
  readonly log: Pick<Services['log'], 'warn'>;
}

/**
 * What searches have found in a session, in the order in which it was listed. Nothing when that cannot be read, which is logged:
 * the client lists less then, and can search and call all the same.
 */
export function foundIn({ store, log }: FoundToolServices, sessionId: string): readonly FoundTool[] {
  try {
    return store.foundTools.of(sessionId);
  } catch (err) {
    log.warn({ err }, 'what searches have found could not be read');
    return [];
  }
}

/** The key under which `KnownLists` notes what a session with a search was listed: a search reads all lists, and sends none. */
export const bySearch = (sessionKey: string): string => `${sessionKey} by search`;
