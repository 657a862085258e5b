// @ts-check
// Left and right in the look of the window, where the beginning and the end of a line are meant: a window from right to left
// would have them on the wrong side.

/** What has a logical counterpart: `ms-2`, `pe-4`, `text-start`, `border-s`, `start-0`. */
const CLASS =
  /(?<=^|[\s'"`:!-])(?:scroll-)?(?:[mp][lr]-[\w.[]|border-[lr](?=[-\s'"`]|$)|rounded-(?:[lr]|[tb][lr])(?=[-\s'"`]|$)|text-(?:left|right)(?=[\s'"`]|$)|(?:left|right)-(?!1\/2)[\d[])[^\s'"`]*/g;
const PROPERTY =
  /(?:^|[\s;{])((?:margin|padding|border|scroll-margin|scroll-padding)-(?:left|right)[\w-]*|left|right|border-(?:top|bottom)-(?:left|right)-radius|text-align:\s*(?:left|right)|float)\s*(?=[:;])/g;

/**
 * Classes of Tailwind and properties of CSS that name a side, each as a human-readable line. What is on an axis of time, which
 * runs from left to right in every language, is set in `style`, and is not looked at.
 *
 * @param {string} file
 * @param {string} text
 * @returns {string[]}
 */
export function physicalSides(file, text) {
  if (!file.startsWith('src/renderer/')) return [];
  const isStyle = file.endsWith('.css');
  if (!isStyle && !file.endsWith('.tsx')) return [];
  return text.split('\n').flatMap((line, index) => {
    // Only texts of code have classes in them; other code may well have something that is called left.
    const parts = isStyle
      ? [line]
      : (line.match(/'[^']*'|"[^"]*"|`[^`]*`|^\s*[\w[\]:./%-]+(?: [\w[\]:./%-]+)+$/g) ?? []);
    const found = parts.flatMap((part) => [...part.matchAll(isStyle ? PROPERTY : CLASS)].map(([one]) => one.trim()));
    return found.map((one) => `${file}:${index + 1}: “${one}” names a side: use the logical property`);
  });
}
