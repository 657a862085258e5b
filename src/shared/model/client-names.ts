/** Separates a server's name from its tool or prompt. Server names never contain it, so names cannot collide. */
export const NAME_SEPARATOR = '__';

/** The client's name for a server's tool or prompt: `server__name`. */
export const clientToolName = (server: string, name: string): string => `${server}${NAME_SEPARATOR}${name}`;
