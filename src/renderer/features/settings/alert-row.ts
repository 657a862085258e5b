import type { AlertSettings } from '../../../shared/contract/alert';
import type { Answer } from './use-answer';

/** What each row about notifications works with. */
export interface AlertRowProps {
  settings: AlertSettings;
  take: Answer<AlertSettings>['take'];
}
