/** A rectangle on the desktop, in its own pixels (not a screen's). */
interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Where the window is when it is not maximized, and whether it is. */
export interface WindowPlace extends Rectangle {
  readonly maximized: boolean;
}

export interface Display {
  readonly bounds: Rectangle;
  /** Without panels and docks. */
  readonly workArea: Rectangle;
}

/** A place and the displays for which it holds. */
interface KeptPlace extends WindowPlace {
  readonly displays: string;
}

/** Smallest size of the window. */
export const LEAST_SIZE = { width: 720, height: 480 } as const;

/** So many display set-ups are remembered; the one used longest ago is forgotten first. */
const MOST_KEPT = 16;
/** So much of the top of the window must be on a screen for it to be seen and moved. */
const SEEN = { width: 120, height: 32 } as const;

/** Names a set-up of displays: the same screens in the same places, in whatever order the system lists them. */
export const displaySetup = (displays: readonly Display[]): string =>
  displays
    .map(({ bounds: { x, y, width, height } }) => `${width}x${height}@${x},${y}`)
    .sort()
    .join(' ');

/**
 * What is kept after the window was at a place.
 *
 * @param kept - what was kept before, of whatever shape
 */
export function withPlace(kept: unknown, displays: readonly Display[], place: WindowPlace): KeptPlace[] {
  const setup = displaySetup(displays);
  const others = readPlaces(kept).filter((known) => known.displays !== setup);
  return [{ displays: setup, ...place }, ...others].slice(0, MOST_KEPT);
}

/**
 * The place for the window on these displays; null if none is known, or if it could not be seen there. Never larger than the
 * screen it is on, and never smaller than {@link LEAST_SIZE}.
 *
 * @param kept - what {@link withPlace} returned, or anything else
 */
export function placeFor(kept: unknown, displays: readonly Display[]): WindowPlace | null {
  const setup = displaySetup(displays);
  const place = readPlaces(kept).find((known) => known.displays === setup);
  if (!place) return null;
  // It is seen, or not, as large as it will be.
  const fitting = displays.map(({ workArea }) => ({ workArea, placed: { ...place, ...sizeOn(place, workArea) } }));
  const found = fitting.find(({ workArea, placed }) => isSeenOn(placed, workArea))?.placed;
  if (!found) return null;
  const { x, y, width, height, maximized } = found;
  return { x, y, width, height, maximized };
}

const sizeOn = (window: Rectangle, screen: Rectangle): Pick<Rectangle, 'width' | 'height'> => ({
  width: Math.max(LEAST_SIZE.width, Math.min(window.width, screen.width)),
  height: Math.max(LEAST_SIZE.height, Math.min(window.height, screen.height)),
});

function isSeenOn(window: Rectangle, screen: Rectangle): boolean {
  const left = Math.max(window.x, screen.x);
  const right = Math.min(window.x + window.width, screen.x + screen.width);
  // The top counts: a window is moved by its title bar.
  return right - left >= SEEN.width && window.y >= screen.y && window.y + SEEN.height <= screen.y + screen.height;
}

function readPlaces(kept: unknown): KeptPlace[] {
  return Array.isArray(kept) ? kept.filter(isKeptPlace).slice(0, MOST_KEPT) : [];
}

function isKeptPlace(value: unknown): value is KeptPlace {
  if (typeof value !== 'object' || value === null) return false;
  const { displays, maximized, x, y, width, height } = value as Record<string, unknown>;
  return (
    typeof displays === 'string' &&
    typeof maximized === 'boolean' &&
    [x, y, width, height].every((number) => Number.isSafeInteger(number))
  );
}
