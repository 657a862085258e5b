import { DEMO_CLIENT } from '../contract/demo';
import type { Session } from '../contract/session';

/** What the clients of the doctor call themselves. */
export const DOCTOR_CLIENT = 'holdfast-doctor';

/**
 * Whether a session is of Holdfast's own demo or doctor. These do on purpose what would be alarming from others, such as presenting
 * a used token. Whoever takes their name hides only the sessions that it has itself.
 */
export const isOwnClient = ({ client_name }: Pick<Session, 'client_name'>): boolean =>
  client_name === DEMO_CLIENT || client_name === DOCTOR_CLIENT;
