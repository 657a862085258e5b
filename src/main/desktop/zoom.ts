import { SETTINGS } from '../../shared/model/setting-definitions';

const STEP = 10;

export type ZoomStep = 'in' | 'out' | 'reset';

/** The zoom after a step from another, in percent, within the limits of its setting. */
export function zoomAfter(percent: number, step: ZoomStep): number {
  const { min, max, default: usual } = SETTINGS.zoom_percent;
  if (step === 'reset') return usual;
  return Math.min(max, Math.max(min, percent + (step === 'in' ? STEP : -STEP)));
}
