import { type Ms, SECOND } from '../../../shared/model/units';

/** What models are told when what a server remembered is lost. */
export function noteOfLoss(server: string, lostBy: string, now: Ms): string {
  const at = new Date(now).toTimeString().slice(0, 5);
  return `[Holdfast] At ${at} the server "${server}" began anew: it ${lostBy}. What it remembered of this session is gone.`;
}

export const stillStarting = (server: string, since: Ms): string =>
  `The server "${server}" has been starting for ${Math.round(since / SECOND)} s.`;

/** @param secondsLeft - until Holdfast tries again; null when it does not */
export function whyUnavailable(server: string, lastError: string | null, secondsLeft: number | null): string {
  const said = lastError ?? `The server "${server}" does not run.`;
  return secondsLeft === null ? said : `${said} Holdfast tries again in ${secondsLeft} s.`;
}
