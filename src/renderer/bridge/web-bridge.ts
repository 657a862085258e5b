import type { Input, Method, Output } from '../../shared/contract';
import type { Bridge, BridgeListener } from './bridge';
import { browserEnvironment, type WebEnvironment } from './web-environment';
import { WebLink } from './web-link';
import { WebSession } from './web-session';

/**
 * The bridge of an ordinary browser: methods go as HTTP requests, the live stream is the monitor WebSocket with polling as
 * its stand-in. Call it before anything reads the URL: it takes the sign-in ticket out of it.
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
    // The server sees by itself how much it has sent and not yet got rid of.
    ack() {},
    resync: () => link?.resync(),
    reconnectNow: () => link?.reconnectNow(),
    disconnect: () => link?.disconnect(),
  };
}
