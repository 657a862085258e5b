import type uPlot from 'uplot';

let loading: Promise<typeof uPlot> | null = null;

/** The chart library, loaded when the first chart appears. If loading fails, the next chart tries again. */
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
