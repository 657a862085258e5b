import type { ReactNode } from 'react';
import type { Server } from '../../../shared/contract/server';
import { showInvisible } from '../../../shared/visible-text';
import { RichMessage } from '../../ui/rich-message';

interface ProgramWordsProps {
  info: NonNullable<Server['server_info']>;
  /** The protocol revision that it speaks; null if it is not known. */
  protocol: string | null;
}

const asWritten = (text: ReactNode) => <span translate="no">{text}</span>;
const aside = (text: ReactNode) => <span className="text-ink-2">{text}</span>;

/** What a server says that it is: `files 1.2.0, protocol 2025-06-18`. */
export function ProgramWords({ info, protocol }: ProgramWordsProps) {
  const name = showInvisible(`${info.name} ${info.version}`);
  if (protocol === null) return asWritten(name);
  return <RichMessage id="servers.program" values={{ name, version: protocol, program: asWritten, protocol: aside }} />;
}
