/**
 * 120 tools of 12 servers, written by us after what servers of these kinds really list, as there are not so many real servers
 * in the tests. A line is a name, what it does, and its arguments: `?` for one that may be left out, a type in brackets if
 * it is no string.
 */
const LISTED: Readonly<Record<string, string>> = {
  github: `
create_issue | Create a new issue in a GitHub repository | owner: Repository owner (username or organization); repo: Repository name; title: Issue title; body?: Issue body content in Markdown; labels?(array): Labels to apply; assignees?(array): Usernames to assign
list_issues | List issues in a GitHub repository with filtering options | owner: Repository owner; repo: Repository name; state?: open, closed or all; labels?(array): Labels to filter by; since?: ISO 8601 timestamp; page?(number): Page number; perPage?(number): Results per page
get_issue | Get details of a specific issue in a GitHub repository | owner: Repository owner; repo: Repository name; issue_number(number): The number of the issue
add_issue_comment | Add a comment to an existing issue | owner: Repository owner; repo: Repository name; issue_number(number): The number of the issue; body: Comment content
search_code | Search for code across GitHub repositories | q: Search query using GitHub code search syntax; sort?: Sort field; order?: Sort order; page?(number): Page number
search_repositories | Search for GitHub repositories | query: Search query; page?(number): Page number; perPage?(number): Results per page (max 100)
create_repository | Create a new GitHub repository in your account | name: Repository name; description?: Repository description; private?(boolean): Whether the repository should be private; autoInit?(boolean): Initialize with README.md
fork_repository | Fork a GitHub repository to your account or specified organization | owner: Repository owner; repo: Repository name; organization?: Organization to fork to
create_pull_request | Create a new pull request in a GitHub repository | owner: Repository owner; repo: Repository name; title: Pull request title; head: The branch where your changes are implemented; base: The branch you want the changes pulled into; body?: Description; draft?(boolean): Whether to create it as a draft
merge_pull_request | Merge a pull request | owner: Repository owner; repo: Repository name; pull_number(number): Pull request number; merge_method?: merge, squash or rebase; commit_title?: Title for the merge commit
get_pull_request_diff | Get the diff of a pull request | owner: Repository owner; repo: Repository name; pull_number(number): Pull request number
get_pull_request_status | Get the combined status of all status checks for a pull request | owner: Repository owner; repo: Repository name; pull_number(number): Pull request number
create_pull_request_review | Create a review on a pull request: approve, request changes or comment | owner: Repository owner; repo: Repository name; pull_number(number): Pull request number; event: APPROVE, REQUEST_CHANGES or COMMENT; body: Review text
push_files | Push multiple files to a GitHub repository in a single commit | owner: Repository owner; repo: Repository name; branch: Branch to push to; files(array): Files with path and content; message: Commit message
get_file_contents | Get the contents of a file or directory from a GitHub repository | owner: Repository owner; repo: Repository name; path: Path to the file or directory; branch?: Branch to get contents from
list_workflow_runs | List the runs of a GitHub Actions workflow | owner: Repository owner; repo: Repository name; workflow_id: Id or file name of the workflow; status?: Filter by status
rerun_failed_jobs | Re-run only the failed jobs of a GitHub Actions workflow run | owner: Repository owner; repo: Repository name; run_id(number): Id of the workflow run
list_releases | List releases of a repository with their assets | owner: Repository owner; repo: Repository name; page?(number): Page number`,
  files: `
read_text_file | Read the complete contents of a file from the file system as text | path: Path of the file; head?(number): Only the first N lines; tail?(number): Only the last N lines
read_media_file | Read an image or audio file and return it as base64 with its MIME type | path: Path of the file
write_file | Create a new file or completely overwrite an existing file with new content. Use with caution | path: Path of the file; content: Text to write
edit_file | Make line-based edits to a text file. Returns a git-style diff showing the changes made | path: Path of the file; edits(array): Replacements of oldText by newText; dryRun?(boolean): Preview changes
create_directory | Create a new directory or ensure a directory exists | path: Path of the directory
list_directory | Get a detailed listing of all files and directories in a specified path | path: Path of the directory
directory_tree | Get a recursive tree view of files and directories as JSON | path: Path of the directory; excludePatterns?(array): Patterns to leave out
move_file | Move or rename files and directories | source: Path to move from; destination: Path to move to
search_files | Recursively search for files and directories matching a glob pattern | path: Where to begin; pattern: Glob pattern; excludePatterns?(array): Patterns to leave out
get_file_info | Retrieve metadata about a file or directory: size, creation time, last modified time, permissions | path: Path of the file`,
  git: `
git_status | Shows the working tree status | repo_path: Path to Git repository
git_diff_unstaged | Shows changes in the working directory that are not yet staged | repo_path: Path to Git repository; context_lines?(number): Number of context lines
git_diff_staged | Shows changes that are staged for commit | repo_path: Path to Git repository; context_lines?(number): Number of context lines
git_commit | Records changes to the repository | repo_path: Path to Git repository; message: Commit message
git_add | Adds file contents to the staging area | repo_path: Path to Git repository; files(array): Paths to stage
git_reset | Unstages all staged changes | repo_path: Path to Git repository
git_log | Shows the commit logs | repo_path: Path to Git repository; max_count?(number): Number of commits; start_timestamp?: Only commits after this; end_timestamp?: Only commits before this
git_create_branch | Creates a new branch from an optional base branch | repo_path: Path to Git repository; branch_name: Name of the new branch; base_branch?: Where it starts
git_checkout | Switches branches | repo_path: Path to Git repository; branch_name: Name of the branch
git_show | Shows the contents of a commit | repo_path: Path to Git repository; revision: The revision to show
git_blame | Shows who last changed each line of a file, and in which commit | repo_path: Path to Git repository; path: Path of the file`,
  browser: `
browser_navigate | Navigate to a URL | url: The URL to navigate to
browser_navigate_back | Go back to the previous page in the history |
browser_click | Perform click on a web page | element: Human-readable element description; ref: Exact target element reference from the page snapshot; doubleClick?(boolean): Whether to perform a double click
browser_type | Type text into editable element | element: Human-readable element description; ref: Exact target element reference; text: Text to type; submit?(boolean): Whether to press Enter after
browser_fill_form | Fill multiple form fields | fields(array): Fields with name, type, ref and value
browser_select_option | Select an option in a dropdown | element: Human-readable element description; ref: Exact target element reference; values(array): Values to select
browser_take_screenshot | Take a screenshot of the current page. You can't perform actions based on the screenshot, use browser_snapshot for actions | type?: png or jpeg; filename?: File name to save to; fullPage?(boolean): The full scrollable page
browser_snapshot | Capture accessibility snapshot of the current page, this is better than screenshot | filename?: File name to save to
browser_console_messages | Returns all console messages | level?: Lowest level of the messages
browser_network_requests | Returns all network requests since loading the page | includeStatic?(boolean): Whether to include images, fonts and scripts
browser_evaluate | Evaluate JavaScript expression on page or element | function: A function of the page or the element; element?: Human-readable element description
browser_file_upload | Upload one or multiple files | paths?(array): Absolute paths of the files
browser_handle_dialog | Handle a dialog | accept(boolean): Whether to accept the dialog; promptText?: Text for a prompt dialog
browser_tabs | List, create, close, or select a browser tab | action: list, new, close or select; index?(number): Index of the tab
browser_wait_for | Wait for text to appear or disappear or a specified time to pass | time?(number): Seconds to wait; text?: Text to wait for; textGone?: Text to wait for to disappear`,
  slack: `
slack_list_channels | List public channels in the workspace with pagination | limit?(number): Maximum number of channels; cursor?: Pagination cursor
slack_post_message | Post a new message to a Slack channel | channel_id: The ID of the channel; text: The message text
slack_reply_to_thread | Reply to a specific message thread in Slack | channel_id: The ID of the channel; thread_ts: Timestamp of the parent message; text: The reply text
slack_add_reaction | Add a reaction emoji to a message | channel_id: The ID of the channel; timestamp: Timestamp of the message; reaction: Name of the emoji
slack_get_channel_history | Get recent messages from a channel | channel_id: The ID of the channel; limit?(number): Number of messages
slack_get_thread_replies | Get all replies in a message thread | channel_id: The ID of the channel; thread_ts: Timestamp of the parent message
slack_get_users | Get a list of all users in the workspace with their basic profile information | cursor?: Pagination cursor; limit?(number): Maximum number of users
slack_get_user_profile | Get detailed profile information for a specific user | user_id: The ID of the user`,
  postgres: `
query | Run a read-only SQL query against the connected Postgres database | sql: The statement
execute | Run a SQL statement that changes data, in a transaction | sql: The statement; parameters?(array): Values for placeholders
list_schemas | List all schemas of the database |
list_tables | List the tables of a schema with their estimated row counts | schema?: Name of the schema
describe_table | Show the columns, types, keys and indexes of a table | schema?: Name of the schema; table: Name of the table
explain_query | Show the execution plan of a query, optionally with real timings | sql: The statement; analyze?(boolean): Whether to run it
top_queries | Report the slowest queries from pg_stat_statements | limit?(number): How many
analyze_indexes | Recommend indexes for the workload, or for given queries | queries?(array): Statements to look at
database_health | Check the health of the database: buffer cache, connections, vacuum, replication lag |`,
  calendar: `
list_calendars | List all calendars of the account |
list_events | List events of a calendar within a time range | calendarId: Id of the calendar; timeMin?: Start of the range; timeMax?: End of the range
create_event | Create an event in a calendar, with attendees and reminders | calendarId: Id of the calendar; summary: Title; start: Start time; end: End time; attendees?(array): E-mail addresses; location?: Where
update_event | Change the time, title or attendees of an event | calendarId: Id of the calendar; eventId: Id of the event; summary?: Title; start?: Start time; end?: End time
delete_event | Delete an event from a calendar | calendarId: Id of the calendar; eventId: Id of the event
get_freebusy | Find out when people are free or busy | calendars(array): Ids of calendars; timeMin: Start of the range; timeMax: End of the range
respond_to_event | Accept, decline or tentatively accept an invitation | eventId: Id of the event; response: accepted, declined or tentative`,
  mail: `
search_threads | Search mail threads with Gmail query syntax | query: Search terms; maxResults?(number): How many
read_thread | Read all messages of a mail thread | threadId: Id of the thread
send_email | Send an email right away | to(array): Recipients; subject: Subject; body: Text; cc?(array): Copies; attachments?(array): Paths of files
draft_email | Save an email as a draft without sending it | to(array): Recipients; subject: Subject; body: Text
list_labels | List the labels of the mailbox |
modify_labels | Add labels to a message or take them away, for example to archive it | messageId: Id of the message; add?(array): Labels to add; remove?(array): Labels to remove
trash_message | Move a message to the trash | messageId: Id of the message
download_attachment | Save an attachment of a message to a file | messageId: Id of the message; attachmentId: Id of the attachment; path: Where to save it`,
  jira: `
jira_search | Search Jira issues with JQL | jql: Query in Jira Query Language; fields?(array): Fields to return; limit?(number): How many
jira_get_issue | Get the details of a Jira issue with its links and comments | issue_key: Key such as PROJ-123; expand?: Parts to expand
jira_create_issue | Create a Jira issue: a task, bug, story or epic | project_key: Key of the project; summary: Title; issue_type: Type; description?: Text; assignee?: Who works on it
jira_transition_issue | Move a Jira issue to another status of its workflow | issue_key: Key such as PROJ-123; transition_id: Id of the transition; comment?: Comment
jira_add_worklog | Log time spent on a Jira issue | issue_key: Key such as PROJ-123; time_spent: Such as 1h 30m; comment?: Comment
jira_get_sprint_issues | List the issues of a sprint | sprint_id: Id of the sprint; limit?(number): How many
confluence_search | Search pages of Confluence | query: Text or CQL; limit?(number): How many
confluence_get_page | Get the content of a Confluence page as Markdown | page_id: Id of the page
confluence_create_page | Create a page in a Confluence space | space_key: Key of the space; title: Title; content: Markdown; parent_id?: Id of the parent page`,
  docker: `
list_containers | List Docker containers, running or all of them | all?(boolean): Stopped ones as well
create_container | Create a container from an image | image: Image; name?: Name; ports?(object): Ports to publish; environment?(object): Variables
start_container | Start a stopped container | container_id: Id or name
stop_container | Stop a running container | container_id: Id or name; timeout?(number): Seconds before it is killed
remove_container | Remove a container | container_id: Id or name; force?(boolean): Even if it runs
fetch_container_logs | Fetch the logs of a container | container_id: Id or name; tail?(number): How many lines
list_images | List local images |
pull_image | Pull an image from a registry | repository: Repository; tag?: Tag
build_image | Build an image from a Dockerfile | path: Folder with the Dockerfile; tag: Tag
list_volumes | List volumes |`,
  maps: `
maps_geocode | Convert an address into geographic coordinates | address: The address
maps_reverse_geocode | Convert coordinates into an address | latitude(number): Latitude; longitude(number): Longitude
maps_search_places | Search for places such as restaurants or shops | query: What to look for; location?(object): Center; radius?(number): Metres
maps_directions | Get directions between two points by car, foot, bicycle or public transport | origin: Where it starts; destination: Where it ends; mode?: driving, walking, bicycling or transit
maps_distance_matrix | Calculate travel distance and time for multiple origins and destinations | origins(array): Where they start; destinations(array): Where they end; mode?: How
maps_elevation | Get elevation data for locations | locations(array): Coordinates
get_forecast | Get the weather forecast for a location | latitude(number): Latitude; longitude(number): Longitude; days?(number): How many days
get_alerts | Get weather alerts for a region | region: Code of the region`,
  memory: `
create_entities | Create multiple new entities in the knowledge graph | entities(array): Entities with name, type and observations
create_relations | Create multiple new relations between entities in the knowledge graph | relations(array): Relations with from, to and type
add_observations | Add new observations to existing entities in the knowledge graph | observations(array): Observations by entity
delete_entities | Delete multiple entities and their associated relations from the knowledge graph | entityNames(array): Names of entities
read_graph | Read the entire knowledge graph |
search_nodes | Search for nodes in the knowledge graph based on a query | query: Matches names, types and observations
open_nodes | Open specific nodes in the knowledge graph by their names | names(array): Names of entities`,
};

/** A tool as a server lists it. */
export interface ListedTool {
  readonly name: string;
  readonly description: string;
  readonly inputSchema: {
    readonly type: 'object';
    readonly properties: Readonly<Record<string, object>>;
    readonly required: readonly string[];
  };
}

/** The tools by server. */
export const REALISTIC_TOOLS: Readonly<Record<string, readonly ListedTool[]>> = Object.fromEntries(
  Object.entries(LISTED).map(([server, lines]) => [server, lines.trim().split('\n').map(toolOf)]),
);

function toolOf(line: string): ListedTool {
  const [name = '', description = '', given = ''] = line.split('|').map((part) => part.trim());
  const fields = given.split(';').flatMap((one) => {
    const found = /^(\w+)(\??)(?:\((\w+)\))?: (.*)$/.exec(one.trim());
    return found
      ? [{ name: found[1] ?? '', isOptional: found[2] === '?', type: found[3] ?? 'string', about: found[4] }]
      : [];
  });
  const properties = Object.fromEntries(
    fields.map(({ name: field, type, about }) => [field, { type, description: about }]),
  );
  const required = fields.filter(({ isOptional }) => !isOptional).map(({ name: field }) => field);
  return { name, description, inputSchema: { type: 'object', properties, required } };
}
