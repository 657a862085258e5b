import type { Server } from '../../../shared/contract/server';

/** What a card asks its view to open or to do. */
export interface CardActions {
  onConfirm(server: Server): void;
  onEdit(server: Server): void;
  onTest(server: Server): void;
  /** Begins a login; nothing opens before the user has seen where. */
  onLogIn(server: Server): void;
  onLogOut(server: Server): void;
  onRemove(server: Server): void;
  onAllLines(server: Server): void;
  /** Not where the tools are in sight already. */
  onTools?(server: Server): void;
}
