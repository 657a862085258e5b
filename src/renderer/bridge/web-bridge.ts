import type { Input, Method, Output } from '../../shared/contract';
import type { Bridge, BridgeListener } from './bridge';
import { browserEnvironment, type WebEnvironment } from './web-environment';
import { WebLink } from './web-link';
import { WebSession } from './web-session';

/**
 * The bridge for an ordinary browser: methods are HTTP requests, the live stream is the monitor WebSocket, with polling as a
 * fallback. Call it before anything reads the URL: it removes the sign-in ticket from it.
 */
export function createWebBridge(env: WebEnvironment = browserEnvironment()): Bridge {
  let link: WebLink | null = null;
  const session = new WebSession(env, () => link?.signOut());

  return {
    invoke: <M extends Method>(method: M, input: Input<M>) => session.invoke(method, input) as Promise<Output<M>>,
    open(listener: BridgeListener) {
      link?.close();
      const opened = new WebLink(env, session, listener);
      link = opened;
      return () => {
        opened.close();
        if (link === opened) link = null;
      };
    },
    // The server tracks its own send buffer.
    ack() {},
    resync: () => link?.resync(),
    reconnectNow: () => link?.reconnectNow(),
    disconnect: () => link?.disconnect(),
  };
}
