import type uPlot from 'uplot';

let loading: Promise<typeof uPlot> | null = null;

/** The chart library, loaded when the first chart appears. A failed load is tried again by the next chart. */
export function loadUplot(): Promise<typeof uPlot> {
  loading ??= import('./guarded-uplot').then(
    (module) => module.uPlot,
    (error: unknown) => {
      loading = null;
      throw error;
    },
  );
  return loading;
}
