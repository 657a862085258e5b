import type { Visibility } from '../../shared/model/visibility';

/** The tables of what clients see. Every call is one transaction, or joins the one that runs. */
export interface ToolSetRepository {
  load(): Visibility;
  /** Replaces everything. */
  save(visibility: Visibility): void;
}
