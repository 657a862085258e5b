import { createContext, type ReactNode, useContext, useState } from 'react';
import type { Ms } from '../../shared/model/units';

/** Start of the bucket that is pointed at, or null. */
type Cursor = readonly [at: Ms | null, point: (at: Ms | null) => void];

const SharedCursor = createContext<Cursor | null>(null);

/** Charts inside point at the same time: what is read in one can be compared with the others. */
export function SharedChartCursor({ children }: { children: ReactNode }) {
  return <SharedCursor value={useState<Ms | null>(null)}>{children}</SharedCursor>;
}

/** The cursor of the charts around, or one of the chart's own. */
export function useChartCursor(): Cursor {
  const own = useState<Ms | null>(null);
  return useContext(SharedCursor) ?? own;
}
