/** Chromium's levels: each whole one is 20 % larger than the one before, 0 is the actual size. */
const LEAST = -3;
const MOST = 5;
const STEP = 0.5;

export type ZoomStep = 'in' | 'out' | 'reset';

/** The level after a step from another; from 58 % to 249 %. */
export function zoomAfter(level: number, step: ZoomStep): number {
  if (step === 'reset') return 0;
  return readZoom(level + (step === 'in' ? STEP : -STEP));
}

/** A level that was kept, of whatever shape: the nearest that is allowed, and the actual size if it is no level. */
export const readZoom = (kept: unknown): number =>
  typeof kept === 'number' && Number.isFinite(kept) ? Math.min(MOST, Math.max(LEAST, kept)) : 0;
