import { Said } from '../../ui/said';

const IDS = ['said.secrets.keychain', 'said.secrets.files', 'said.secrets.files_chosen'] as const;

/** Where secrets of servers are kept. */
export const Protection = ({ text }: { text: string }) => <Said text={text} ids={IDS} />;
