import type { UpdatesState } from '../../../shared/contract/updates';

/** What is known of newer versions, one line after another. */
export function updateLines({
  enabled,
  address,
  possible,
  note,
  current,
  checked,
  how,
  newer,
}: UpdatesState): string[] {
  const lines = [`Holdfast ${current}`];
  if (!possible) return [...lines, note ?? 'This build checks for no updates.', `To update: ${how}`];
  lines.push(enabled ? `On: looks once a day at ${address}.` : `Off. Address: ${address ?? 'none'}.`);
  if (checked !== null) {
    const at = new Date(checked.at).toISOString();
    lines.push(checked.problem === null ? `Checked at ${at}.` : `Checked at ${at}: ${checked.problem}`);
  }
  if (newer === null) {
    if (checked !== null && checked.problem === null) lines.push('There is no newer version.');
    return lines;
  }
  const changes = newer.changes.map((change) => `  - ${change}`);
  return [...lines, `Holdfast ${newer.version} is available.`, ...changes, `To update: ${how}`];
}
