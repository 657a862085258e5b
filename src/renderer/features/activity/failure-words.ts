import type { FailureGroup } from '../../../shared/contract/activity';
import { t } from '../../../shared/messages/language';
import { visible } from '../../../shared/visible-text';

/** `search of tickets`: what failed, and where. */
export const failedWhat = ({ name, method, server }: FailureGroup): string =>
  t('activity.failures.what', { what: visible(name ?? method), server: visible(server ?? 'Holdfast') });

/** What the error says of all failures of the group, or how they ended if it says nothing. */
export const failedHow = ({ pattern, error_code, outcome }: FailureGroup): string =>
  [pattern === null || pattern === '' ? t(`activity.outcome.${outcome}`) : visible(pattern), codeWords(error_code)]
    .filter(Boolean)
    .join(' ');

const codeWords = (code: number | null): string => (code === null ? '' : `(${code})`);
