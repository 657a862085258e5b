import { MEDIA_TYPES } from '../../shared/export/file-names';
import { t } from '../../shared/messages/language';
import { type ExportFormat, ExportMenu, tableFormats } from '../ui/export-menu';
import { bucketTable } from './bucket-table';
import type { ChartSpec } from './chart-spec';
import { chartSvg, type SvgSeries } from './chart-svg';
import { readChartTheme } from './chart-theme';
import { loadUplot } from './load-uplot';
import type { Frame } from './plot';
import { svgAsPng } from './svg-as-png';

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
  const draw = () => picture({ spec, name, when, frame });
  const formats: readonly ExportFormat[] = [
    {
      kind: 'png',
      async make() {
        const { svg, width, height } = await draw();
        return svgAsPng(svg, width, height);
      },
    },
    { kind: 'svg', make: async () => new Blob([(await draw()).svg], { type: MEDIA_TYPES.svg }) },
    ...tableFormats(() => bucketTable(frame?.buckets ?? [], frame?.bucket ?? 0)),
  ];
  return <ExportMenu what={spec.id} formats={formats} iconLabel={t('export.chart')} disabled={frame === null} />;
}

async function picture({ spec, name, when, frame }: ChartExportProps) {
  if (frame === null) throw new Error('there is no chart yet');
  const theme = readChartTheme();
  const style = getComputedStyle(document.documentElement);
  const colour = (property: string) => style.getPropertyValue(property).trim();
  const columns = spec.columns(frame.buckets);
  const series = spec.series(theme, await loadUplot()).map((one, index): SvgSeries => {
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
  const pen = document.createElement('canvas').getContext('2d');
  if (pen) pen.font = theme.font;
  return chartSvg({
    title: name,
    when,
    legend: spec.legend(frame.buckets).map((item) => {
      const [, property] = /^var\((--[\w-]+)\)$/.exec(item.colour) ?? [];
      return property === undefined ? item : { ...item, colour: colour(property) };
    }),
    frame,
    series,
    scale: spec,
    colours: {
      background: colour('--surface'),
      ink: colour('--ink'),
      text: colour('--ink-2'),
      grid: theme.grid,
      axis: theme.axis,
      gap: theme.gap,
    },
    font: getComputedStyle(document.body).fontFamily,
    measure: (said) => pen?.measureText(said).width ?? said.length * 7,
  });
}
