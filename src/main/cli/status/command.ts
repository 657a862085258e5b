import type { FailingCalls } from '../../../shared/contract/activity';
import type { Servers } from '../../../shared/contract/server';
import type { Session, SessionsHealth } from '../../../shared/contract/session';
import { failingSentence, failingToTell } from '../../../shared/model/failing-calls';
import { Admin, healthOf } from '../admin';
import { sessionRow } from '../clients/words';
import type { Command } from '../command';
import { EXIT } from '../exit-codes';
import { dataFolder, findRunning } from '../find';
import { columns, printJson, printLine, spanWords } from '../print';
import { fileLines, isDown, serverRow } from '../servers/words';

/** Of more sessions than these, only the latest are shown. */
const MAX_SHOWN = 20;

/** `holdfast status`: prints how Holdfast, its sessions and its servers are. */
export const status: Command = {
  help: `Usage: holdfast status [--json]

How Holdfast, its sessions and its servers are.

  --json    prints one JSON object: ok, url, pid, version, uptime_ms, sessions, servers, problems of
            their file, and failing

Exit codes: 0 all is well, 1 a server is down or waits to be confirmed, or their file has an error, 2 wrong usage,
3 Holdfast is not running.`,
  options: { json: { type: 'boolean' } },
  maxPositionals: 0,
  async run(given) {
    const running = findRunning(dataFolder());
    const { version, uptime_ms } = await healthOf(running);
    const admin = await Admin.of(running);
    const sessions = (await admin.ask('/api/mcp/sessions/health')) as SessionsHealth;
    const { sessions: connected } = (await admin.ask(`/api/mcp/sessions?status=active,idle&limit=${MAX_SHOWN}`)) as {
      sessions: Session[];
    };
    const { servers, problems } = (await admin.ask('/api/mcp/servers')) as Servers;
    const { failing } = (await admin.ask('/api/mcp/activity/failing')) as { failing: FailingCalls | null };
    const ok = !servers.some(isDown) && problems.length === 0;
    const { url, pid } = running;
    if (given.flag('json')) printJson({ ok, url, pid, version, uptime_ms, sessions, servers, problems, failing });
    else {
      printLine(`Holdfast ${version} at ${url}, up for ${spanWords(uptime_ms)}, process ${pid}`);
      printLine(sessionsLine(sessions));
      for (const line of columns(connected.map(sessionRow))) printLine(`  ${line}`);
      const told = failingToTell(failing, servers);
      if (told) printLine(`Calls:    ${failingSentence(told)} "holdfast activity --groups" shows more.`);
      for (const line of fileLines(problems)) printLine(line);
      if (servers.length === 0 && problems.length === 0) printLine('Servers:  none are configured');
      if (servers.length > 0) printLine(`Servers:\n${columns(servers.map(serverRow)).join('\n').replace(/^/gm, '  ')}`);
    }
    return ok ? EXIT.ok : EXIT.notWell;
  },
};

function sessionsLine({
  status_breakdown: { active, idle, disconnected },
  degraded,
  flapping,
  reconnects,
}: SessionsHealth) {
  const parts = [`${active} active`, `${idle} idle`, `${disconnected} disconnected`];
  if (degraded > 0) parts.push(`${degraded} degraded`);
  if (flapping > 0) parts.push(`${flapping} flapping`);
  const { last_24h } = reconnects;
  return `Sessions: ${parts.join(', ')}; ${last_24h} ${last_24h === 1 ? 'reconnect' : 'reconnects'} in 24 h`;
}
