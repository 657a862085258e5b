/** A text in which the user's home folder is `~`, so that it does not give away a name. */
export function withoutHome(text: string, home: string): string {
  const folder = home.replace(/[/\\]+$/, '');
  if (folder === '') return text;
  // In JSON, backslashes are doubled.
  const forms = [...new Set([folder, JSON.stringify(folder).slice(1, -1)])];
  // Dots and dashes after which nothing comes end a sentence, not a name.
  return forms.reduce((short, form) => short.replace(new RegExp(`${escaped(form)}(?![.-]*\\w)`, 'g'), '~'), text);
}

const escaped = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
