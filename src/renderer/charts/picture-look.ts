import { MEDIA_TYPES } from '../../shared/export/file-names';
import type { ExportFormat } from '../ui/export-menu';
import { readChartTheme } from './chart-theme';
import { svgAsPng } from './svg-as-png';
import type { Picture, PictureLook } from './svg-picture';

/** The look of a picture, and every colour of the window by its name in the style sheet. */
export interface WindowLook extends PictureLook {
  /** What stands for a colour in the window, such as `var(--active)`, as the colour itself. */
  colour(said: string): string;
}

/** What pictures look like in the window as it is now: its theme, its font, and forced colours. */
export function readWindowLook(): WindowLook {
  const theme = readChartTheme();
  const style = getComputedStyle(document.documentElement);
  const colour = (said: string) => {
    const [, property] = /^var\((--[\w-]+)\)$/.exec(said) ?? [];
    return property === undefined ? said : style.getPropertyValue(property).trim();
  };
  const pen = document.createElement('canvas').getContext('2d');
  if (pen) pen.font = theme.font;
  return {
    colour,
    colours: {
      background: colour('var(--surface)'),
      ink: colour('var(--ink)'),
      text: colour('var(--ink-2)'),
      grid: theme.grid,
      axis: theme.axis,
      gap: theme.gap,
    },
    font: getComputedStyle(document.body).fontFamily,
    measure: (said) => pen?.measureText(said).width ?? said.length * 7,
  };
}

/** PNG and SVG of what is drawn when it is asked for. */
export const pictureFormats = (draw: () => Picture | Promise<Picture>): readonly ExportFormat[] => [
  {
    kind: 'png',
    async make() {
      const { svg, width, height } = await draw();
      return svgAsPng(svg, width, height);
    },
  },
  { kind: 'svg', make: async () => new Blob([(await draw()).svg], { type: MEDIA_TYPES.svg }) },
];
