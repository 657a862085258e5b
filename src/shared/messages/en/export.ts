/** Files that people take along: the menu of formats, and the diagnosis bundle. */
export const EXPORT = {
  'export.label': 'Export…',
  'export.chart': 'Export the chart…',
  'export.rows': '{count, plural, one {# row} other {# rows}}…',
  'export.failed': 'Not exported',
  'export.cut': 'Only the newest {count, plural, one {row is} other {# rows are}} in the file',
  'export.cut.text': 'There is more that fits, which is older. Narrow it down with the filter.',
  'export.kind.csv': 'CSV, for spreadsheets',
  'export.kind.json': 'JSON',
  'export.kind.jsonl': 'JSON Lines',
  'export.kind.har': "HAR, for a browser's network panel",
  'export.kind.png': 'PNG, an image',
  'export.kind.svg': 'SVG, a drawing',

  'bundle.ask': 'Bundle for a bug report…',
  'bundle.title': 'Diagnosis for a bug report',
  'bundle.about.all':
    'What happened within the last day, in one zip file. Nothing is written before you save it, and nothing is sent.',
  'bundle.about.session':
    'What concerns this session, in one zip file. Nothing is written before you save it, and nothing is sent.',
  'bundle.about.moment':
    'What happened to this session, or to all if it has none, within ten minutes of this message, in one zip file. Nothing is written before you save it, and nothing is sent.',
  'bundle.left_out':
    'Left out: keys, tokens, passwords, values and commands of servers, contents of calls. Still in it: names of servers, tools, clients and folders, and texts of errors.',
  'bundle.preparing': 'Putting it together…',
  'bundle.files': 'Contents',
  'bundle.cut': 'older ones left out',
  'bundle.show': 'Show {name}',
  'bundle.back': 'Back to the list',
  'bundle.text': 'Text of {name}',
  'bundle.save': 'Save ({size})…',
  'bundle.file.readme': 'The contents, in words',
  'bundle.file.diagnosis': 'Versions, folders, checks, servers, crashes and the end of the log',
  'bundle.file.settings': 'All settings, and where their values come from',
  'bundle.file.servers_state': 'How each server is, its last errors and lines of its error output',
  'bundle.file.servers_shape': 'Which fields servers.json has, without a single value',
  'bundle.file.sessions': 'The sessions, with client, folder and counts',
  'bundle.file.timeline': 'What happened to them and to the servers',
  'bundle.file.activity': 'Calls and how each ended, without contents',
  'bundle.file.log': 'The end of the log',
  'bundle.file.doctor': 'The last run of the checks',
} as const;
