import type { Offered, Session, SharingRole } from '../../../shared/contract/session';
import { HoldfastError } from '../../../shared/errors';
import type { Admin } from '../admin';
import type { Given } from '../command';
import { clientNamed } from '../tools/parts';
import { offerLines } from './words';

/** What is to become of a session and another client. */
type Wish =
  | { readonly kind: 'offer'; readonly to: string; readonly invited: boolean; readonly share: SharingRole | undefined }
  | { readonly kind: 'asks'; readonly asks: SharingRole }
  | { readonly kind: 'cancel' }
  | { readonly kind: 'stop' };

/** What was done: for a program, and in lines for a person. */
export interface Fulfilled {
  readonly session: Session;
  readonly invitation: string | null;
  readonly lines: readonly string[];
}

/**
 * What "handoff" or "share" is to do.
 * @throws HoldfastError `invalid_input` unless the options say exactly one thing
 */
export function wishOf(action: 'handoff' | 'share', given: Given): Wish {
  const to = given.text('to');
  const asks = askedIn(given);
  const cancels = given.flag('cancel');
  if (action === 'handoff') {
    const isOne = (to === undefined) === cancels && asks === undefined && !given.flag('stop');
    if (!isOne) throw new HoldfastError('invalid_input', 'Say --to CLIENT, or --cancel.');
  } else if ([to !== undefined || asks !== undefined, cancels, given.flag('stop')].filter(Boolean).length !== 1) {
    throw new HoldfastError('invalid_input', 'Say --to CLIENT, --asks host or guest, --stop, or --cancel.');
  }
  if (cancels) return { kind: 'cancel' };
  if (given.flag('stop')) return { kind: 'stop' };
  const share = action === 'share' ? (asks ?? 'host') : undefined;
  if (to !== undefined) return { kind: 'offer', to, invited: given.flag('invite'), share };
  return { kind: 'asks', asks: asks ?? 'host' };
}

function askedIn(given: Given): SharingRole | undefined {
  const asks = given.text('asks');
  if (asks === undefined || asks === 'host' || asks === 'guest') return asks;
  throw new HoldfastError('invalid_input', 'Say --asks host or --asks guest.');
}

/** Does it. Rejects with a sentence of Holdfast's if that is not possible. */
export async function fulfil(admin: Admin, sessionId: string, wish: Wish): Promise<Fulfilled> {
  const path = `/api/mcp/sessions/${sessionId}`;
  if (wish.kind === 'offer') {
    const client = await clientNamed(admin, wish.to);
    const body = { client_id: client.client_id, invited: wish.invited, share: wish.share };
    const offered = (await admin.ask(`${path}/offer`, { method: 'POST', body })) as Offered;
    return { ...offered, lines: offerLines(offered, client.name) };
  }
  if (wish.kind === 'asks') {
    const body = { asks: wish.asks };
    const { session } = (await admin.ask(path, { method: 'PATCH', body })) as { session: Session };
    return { session, invitation: null, lines: [`What servers ask goes to the ${wish.asks} now.`] };
  }
  const isStop = wish.kind === 'stop';
  const session = (await admin.ask(`${path}/${isStop ? 'sharing' : 'offer'}`, { method: 'DELETE' })) as Session;
  const line = isStop
    ? 'The session shares its servers with no other.'
    : 'The session is offered to nobody. Nothing has changed.';
  return { session, invitation: null, lines: [line] };
}
