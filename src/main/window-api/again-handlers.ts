import type { AgainPreview, AgainState } from '../../shared/contract/activity-contents';
import { HoldfastError } from '../../shared/errors';
import { said } from '../../shared/messages/said';
import type { Handlers } from './router';

/** Makes recorded calls of tools again, in their sessions. */
export interface CallsByHand {
  /** @throws HoldfastError `activity_not_found` */
  preview(activityId: number): AgainPreview;
  /**
   * @param confirmed - a person has seen what is sent; needed unless the tool is marked as one that changes nothing
   * @returns the id under which it is asked for
   * @throws HoldfastError `activity_not_found`, `invalid_input` if it cannot be made again or is not confirmed
   */
  start(activityId: number, confirmed: boolean): string;
  /** @throws HoldfastError `activity_not_found` for one that is not known any more */
  state(callId: string): AgainState;
  /** Gives it up. Nothing happens if it is over. */
  cancel(callId: string): void;
}

type AgainMethod = 'activity.again_preview' | 'activity.call_again' | 'activity.again' | 'activity.cancel_again';

/**
 * The methods of calls that are made again by hand.
 * @param callsByHand - asked for with each call: they are there once the endpoint is; missing where there is none
 */
export function createAgainHandlers(callsByHand: (() => CallsByHand) | undefined): Pick<Handlers, AgainMethod> {
  const calls = (): CallsByHand => {
    if (!callsByHand) throw new HoldfastError('invalid_input', said('said.again.impossible'));
    return callsByHand();
  };
  return {
    'activity.again_preview': ({ activity_id }) => calls().preview(activity_id),
    'activity.call_again': ({ activity_id, confirmed }) => ({ call_id: calls().start(activity_id, confirmed) }),
    'activity.again': ({ call_id }) => calls().state(call_id),
    'activity.cancel_again': ({ call_id }) => {
      calls().cancel(call_id);
      return {};
    },
  };
}
