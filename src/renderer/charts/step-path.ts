import type uPlot from 'uplot';

/**
 * Draws each value as a level line across its whole bucket, joined to its neighbours, with a gap where there is no value: an
 * average holds for the whole span, not for its middle.
 */
export function stepPath(u: uPlot, seriesIdx: number, first: number, last: number): uPlot.Series.Paths {
  const times = u.data[0];
  const values = u.data[seriesIdx] ?? [];
  const half = times.length > 1 ? (Number(times[1]) - Number(times[0])) / 2 : 0;
  const x = (at: number) => Math.round(u.valToPos(at, 'x', true));
  const bottom = u.bbox.top + u.bbox.height;
  const stroke = new Path2D();
  const fill = new Path2D();
  let joined = false;
  for (let index = first; index <= last; index += 1) {
    const value = values[index];
    if (value == null) {
      joined = false;
      continue;
    }
    const left = x(Number(times[index]) - half);
    const right = x(Number(times[index]) + half);
    const top = Math.round(u.valToPos(value, 'y', true));
    if (joined) stroke.lineTo(left, top);
    else stroke.moveTo(left, top);
    stroke.lineTo(right, top);
    fill.rect(left, top, right - left, bottom - top);
    joined = true;
  }
  return { stroke, fill };
}
