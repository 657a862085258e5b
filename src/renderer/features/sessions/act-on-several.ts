/** So many are under way at once: enough to be quick, few enough to leave the clients' own calls their turn. */
const AT_ONCE = 4;

export interface ActedOn {
  readonly failed: readonly string[];
  /** Why the first of them failed. */
  readonly error: unknown;
}

/** Does something to each of several sessions, a few at a time. One that fails keeps none of the others from it. */
export async function actOnSeveral(
  sessionIds: readonly string[],
  act: (sessionId: string) => Promise<unknown>,
): Promise<ActedOn> {
  const failed: string[] = [];
  let error: unknown = null;
  const waiting = sessionIds.values();
  const work = async () => {
    for (const id of waiting) {
      try {
        await act(id);
      } catch (failure) {
        error ??= failure;
        failed.push(id);
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return { failed, error };
}
