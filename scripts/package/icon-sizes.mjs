/** The sizes (pixels) in which desktops look for an icon; one file each in resources/icons. */
export const ICON_SIZES = [16, 24, 32, 48, 64, 128, 256, 512];
