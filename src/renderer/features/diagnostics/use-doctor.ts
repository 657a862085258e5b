import { useCallback, useEffect, useState } from 'react';
import type { DoctorReport } from '../../../shared/contract/diagnostics';
import { type Ms, SECOND } from '../../../shared/model/units';
import { useActions } from '../../store/use-holdfast';

/** How often a run is looked at. */
const LOOK: Ms = SECOND / 2;

/** The doctor's last run; while one is under way, its outcomes as they come. */
export function useDoctor(): { report: DoctorReport | null; error: unknown; start(): void } {
  const { loadDoctorReport, startDoctor } = useActions();
  const [report, setReport] = useState<DoctorReport | null>(null);
  const [error, setError] = useState<unknown>(null);
  const follow = useCallback((asked: Promise<DoctorReport>) => {
    asked.then(
      (next) => {
        setReport(next);
        setError(null);
      },
      (failure: unknown) => setError(failure),
    );
  }, []);
  useEffect(() => follow(loadDoctorReport()), [follow, loadDoctorReport]);
  useEffect(() => {
    if (!report?.running) return;
    const timer = setTimeout(() => follow(loadDoctorReport()), LOOK);
    return () => clearTimeout(timer);
  }, [report, follow, loadDoctorReport]);
  return { report, error, start: () => follow(startDoctor()) };
}
