import type { View } from '../../shared/model/views';

/**
 * What a view is asked to do to one thing that it shows, by somebody who is not in it: the palette, or a menu. The view does it
 * as if its own button had been pressed, so it asks what that button asks.
 */
export interface Intent {
  readonly view: View;
  /** A session, server or client; null for the view as a whole. */
  readonly id: string | null;
  readonly act: string;
}
