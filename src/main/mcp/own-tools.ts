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
