import type { Alert } from '../contract/alert';
import type { Say } from '../messages/language';

/**
 * What an alert says, in one or two sentences, from the catalogue of whoever reads it.
 * @param say - in which language
 */
export const alertSentence = ({ kind, values }: Pick<Alert, 'kind' | 'values'>, say: Say): string =>
  say(`alert.${kind}`, values.name === '' ? { ...values, name: say('words.client.unnamed') } : values);
