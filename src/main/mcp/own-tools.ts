/** Names of Holdfast's own tools. */
export const OWN_TOOLS = {
  reconnect: 'reconnect_session',
  info: 'session_info',
  health: 'health_check',
  list: 'list_sessions',
  end: 'end_session',
  result: 'get_result',
  results: 'list_results',
} as const;

/** Names of the tools that a client gets in place of all others, if it is to find them by a search. */
export const SEARCH_TOOLS = { search: 'search_tools', call: 'call_tool' } as const;
