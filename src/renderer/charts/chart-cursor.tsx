import { createContext, type ReactNode, useContext, useState } from 'react';
import type { Ms } from '../../shared/model/units';

/** The start of the bucket under the cursor, or null; and a function that moves the cursor. */
type Cursor = readonly [at: Ms | null, point: (at: Ms | null) => void];

const SharedCursor = createContext<Cursor | null>(null);

/** Charts inside share one cursor, so that their values at the same time can be compared. */
export function SharedChartCursor({ children }: { children: ReactNode }) {
  return <SharedCursor value={useState<Ms | null>(null)}>{children}</SharedCursor>;
}

/** The shared cursor or, outside of {@link SharedChartCursor}, the chart's own. */
export function useChartCursor(): Cursor {
  const own = useState<Ms | null>(null);
  return useContext(SharedCursor) ?? own;
}
