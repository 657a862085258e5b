import { Said } from '../../ui/said';

/** Where secrets of servers are kept. */
export const Protection = ({ text }: { text: string }) => <Said text={text} />;
