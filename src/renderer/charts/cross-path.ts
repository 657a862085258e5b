import type uPlot from 'uplot';

/** Half the size of a cross, in CSS pixels. */
const ARM = 4;

/** Draws each value as an unconnected cross at its height: these are single events among the bars, not a trend. */
export function crossPath(u: uPlot, seriesIdx: number, first: number, last: number): uPlot.Series.Paths {
  const times = u.data[0];
  const values = u.data[seriesIdx] ?? [];
  const arm = ARM * devicePixelRatio;
  const stroke = new Path2D();
  for (let index = first; index <= last; index += 1) {
    const value = values[index];
    if (value == null) continue;
    const x = Math.round(u.valToPos(Number(times[index]), 'x', true));
    const y = Math.round(u.valToPos(value, 'y', true));
    stroke.moveTo(x - arm, y - arm);
    stroke.lineTo(x + arm, y + arm);
    stroke.moveTo(x + arm, y - arm);
    stroke.lineTo(x - arm, y + arm);
  }
  return { stroke };
}
