import { t } from '../../shared/messages/language';
import { ExportMenu, tableFormats } from '../ui/export-menu';
import { bucketTable } from './bucket-table';
import type { ChartSpec } from './chart-spec';
import { chartSvg, type SvgSeries } from './chart-svg';
import { readChartTheme } from './chart-theme';
import { loadUplot } from './load-uplot';
import { pictureFormats, readWindowLook } from './picture-look';
import type { Frame } from './plot';
import type { Picture } from './svg-picture';

export interface ChartExportProps {
  spec: ChartSpec;
  /** The chart's name, as its title. */
  name: string;
  when: string;
  /** Null while loading. */
  frame: Frame | null;
}

/** Exports a chart as a picture in the colours of the window, and what it is drawn from. */
export function ChartExport({ spec, name, when, frame }: ChartExportProps) {
  const formats = [
    ...pictureFormats(() => picture({ spec, name, when, frame })),
    ...tableFormats(() => bucketTable(frame?.buckets ?? [], frame?.bucket ?? 0)),
  ];
  return <ExportMenu what={spec.id} formats={formats} iconLabel={t('export.chart')} disabled={frame === null} />;
}

async function picture({ spec, name, when, frame }: ChartExportProps): Promise<Picture> {
  if (frame === null) throw new Error('there is no chart yet');
  const look = readWindowLook();
  const columns = spec.columns(frame.buckets);
  const series = spec.series(readChartTheme(), await loadUplot()).map((one, index): SvgSeries => {
    const { stroke, fill, width = 1, dash = [] } = one;
    return {
      mark: spec.marks[index] ?? 'line',
      stroke: typeof stroke === 'string' ? stroke : null,
      fill: typeof fill === 'string' ? fill : null,
      width,
      dash,
      values: columns[index] ?? [],
    };
  });
  return chartSvg({
    ...look,
    title: name,
    when,
    legend: spec.legend(frame.buckets).map((item) => ({ ...item, colour: look.colour(item.colour) })),
    frame,
    series,
    scale: spec,
  });
}
