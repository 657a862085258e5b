import { type Sentence, said } from '../../../shared/messages/said';
import { type Ms, SECOND } from '../../../shared/model/units';

/** What models are told when what a server remembered is lost. */
export function noteOfLoss(server: string, lostBy: string, now: Ms): string {
  const at = new Date(now).toTimeString().slice(0, 5);
  return `[Holdfast] At ${at} the server "${server}" began anew: it ${lostBy}. What it remembered of this session is gone.`;
}

export const stillStarting = (server: string, since: Ms): Sentence =>
  said('said.server.named', {
    name: server,
    what: said('said.server.still_starting', { seconds: Math.round(since / SECOND) }),
  });

/** @param secondsLeft - until Holdfast tries again; null when it does not */
export function whyUnavailable(server: string, lastError: string | null, secondsLeft: number | null): string {
  const error = lastError ?? said('said.server.named', { name: server, what: said('said.server.does_not_run') });
  return secondsLeft === null ? error : `${error} ${said('said.server.tried_in', { seconds: secondsLeft })}`;
}
