import { CURSOR_VARIABLE, clientLink, type LinkedClient } from '../../shared/model/client-link';

/**
 * The link for a program, and where it has its key from.
 * @param file - its file of settings, which says which edition of VS Code is used here
 */
export const linkOf = (client: LinkedClient, url: string, file: string): { link: string; variable: string | null } => ({
  link: clientLink(client, url, file.includes('Code - Insiders')),
  variable: client === 'cursor' ? CURSOR_VARIABLE : null,
});
