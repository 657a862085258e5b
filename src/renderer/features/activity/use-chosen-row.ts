import { useEffect, useMemo, useState } from 'react';
import type { Activity } from '../../../shared/contract/activity';
import { useActions } from '../../store/use-holdfast';

/** The message with this id: of the rows, or read on its own when a link leads further back than they reach. */
export function useChosenRow(id: number | null, rows: readonly Activity[]): Activity | undefined {
  const { loadMoment } = useActions();
  const shown = useMemo(() => rows.find(({ activity_id }) => activity_id === id), [rows, id]);
  const [read, setRead] = useState<Activity | undefined>(undefined);
  const isMissing = id !== null && Number.isSafeInteger(id) && id >= 0 && !shown;
  useEffect(() => {
    if (!isMissing || id === null) return;
    let isOver = false;
    loadMoment(id).then(
      (moment) => !isOver && setRead(moment?.activity),
      // The table says what is wrong.
      () => undefined,
    );
    return () => {
      isOver = true;
    };
  }, [loadMoment, id, isMissing]);
  return shown ?? (read?.activity_id === id ? read : undefined);
}
