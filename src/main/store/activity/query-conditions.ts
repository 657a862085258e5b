import {
  type ActivityFlag,
  type ActivityTerm,
  type ActivityText,
  parseActivityQuery,
} from '../../../shared/model/activity-query';

/** A condition as SQL, with the values of its question marks. */
export interface SqlCondition {
  readonly sql: string;
  readonly values: readonly (string | number)[];
}

const has = (text: string): string => `instr(lower_text(${text}), ?) > 0`;
const LINES = ' || char(10) || ';
const SERVER = "ifnull(server, 'holdfast')";

/** Only tool errors, errors and what was lost. */
export const FAILED = "outcome IN ('tool_error', 'error', 'lost')";
/** Looks for a text in lower case. */
export const IN_TEXT = has(['method', "ifnull(name, '')", "ifnull(server, '')", "ifnull(error, '')"].join(LINES));

/** Where each text is, with one question mark for what is looked for, or several for the same. */
const TEXTS: Readonly<Record<ActivityText, string>> = {
  text: IN_TEXT,
  server: has(SERVER),
  name: has("ifnull(name, '')"),
  method: has('method'),
  error: has("ifnull(error, '')"),
  session: has("ifnull(session_id, '')"),
  // By the name of its key, or by what it called itself.
  client: `(ifnull(client_id, '') IN (SELECT client_id FROM clients WHERE ${has(`name${LINES}type`)})
    OR ifnull(session_id, '') IN (SELECT session_id FROM mcp_sessions WHERE ${has(`client_name${LINES}client_type`)}))`,
};
const FLAGS: Readonly<Record<ActivityFlag, string>> = {
  failed: FAILED,
  lost: "outcome = 'lost'",
  held: 'held_ms > 0',
  repeated: 'repeated = 1',
};
const LIMITS = { slower: 'ifnull(duration_ms, 0) > ?', faster: 'ifnull(duration_ms, 1e99) < ?' } as const;

/** A text in the words of the filter as SQL. What cannot be understood is left out. */
export const queryConditions = (text: string): SqlCondition[] => parseActivityQuery(text).terms.map(sqlOf);

function sqlOf(term: ActivityTerm): SqlCondition {
  const { sql, values } = plainly(term);
  return { sql: term.negated ? `NOT (${sql})` : sql, values };
}

function plainly(term: ActivityTerm): SqlCondition {
  switch (term.on) {
    case 'is':
      return { sql: FLAGS[term.flag], values: [] };
    case 'slower':
    case 'faster':
      return { sql: LIMITS[term.on], values: [term.than] };
    case 'outcome':
    case 'direction':
      return { sql: `${term.on} IN (${term.values.map(() => '?').join(', ')})`, values: term.values };
    default: {
      const one = TEXTS[term.on];
      const marks = one.split('?').length - 1;
      return {
        sql: `(${term.values.map(() => one).join(' OR ')})`,
        values: term.values.flatMap((value) => Array<string>(marks).fill(value)),
      };
    }
  }
}
