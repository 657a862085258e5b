import { t } from '../../../../shared/messages/language';
import { visible } from '../../../../shared/visible-text';
import { formatBytes } from '../../../format/number';
import { ScrollRegion } from '../../../ui/scroll-region';
import type { Block } from './blocks';
import { JsonTree } from './json-tree';

/** Blocks that are drawn at most; the tree of the whole has all of them. */
const MOST_BLOCKS = 50;

/** The content blocks of a result: texts, pictures, sounds and references, each as what it is. */
export function ResultBlocks({ title, blocks }: { title: string; blocks: readonly Block[] }) {
  return (
    <div className="flex flex-col gap-2">
      {blocks.slice(0, MOST_BLOCKS).map((block, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the blocks of one result never change
        <BlockView key={index} title={title} block={block} />
      ))}
    </div>
  );
}

function BlockView({ title, block }: { title: string; block: Block }) {
  switch (block.kind) {
    case 'text':
      return block.value === undefined ? (
        <Text title={title} text={block.text} />
      ) : (
        <JsonTree title={title} value={block.value} />
      );
    case 'image': {
      const words = t('contents.image', { type: block.type, bytes: formatBytes(block.bytes) });
      return (
        <figure className="m-0">
          <img src={block.url} alt={words} className="max-h-80 max-w-full rounded-md border border-line bg-sunken" />
          <figcaption className="text-ink-3 text-xs">{words}</figcaption>
        </figure>
      );
    }
    case 'audio':
      return (
        <figure className="m-0">
          {/* biome-ignore lint/a11y/useMediaCaption: a tool's sound comes without words */}
          <audio controls preload="metadata" src={block.url} className="w-full" />
          <figcaption className="text-ink-3 text-xs">
            {t('contents.audio', { type: block.type, bytes: formatBytes(block.bytes) })}
          </figcaption>
        </figure>
      );
    case 'media':
      return (
        <p className="text-ink-2 text-sm">
          {block.bytes === null
            ? t('contents.media.cut', { type: block.type })
            : t('contents.media.unknown', { type: block.type, bytes: formatBytes(block.bytes) })}
        </p>
      );
    case 'link':
      return (
        <p className="break-words text-sm">
          <span className="text-ink-3">{t('contents.link')} </span>
          <span translate="no" className="text-ink [overflow-wrap:anywhere]">
            {visible(block.uri)} {block.name !== null && visible(block.name)}
          </span>
        </p>
      );
    case 'resource':
      return (
        <div>
          <p className="mb-1 break-words text-sm">
            <span className="text-ink-3">{t('contents.resource')} </span>
            <span translate="no" className="[overflow-wrap:anywhere]">
              {visible(block.uri)}
            </span>
          </p>
          <BlockView title={title} block={block.inner} />
        </div>
      );
    case 'other':
      return <JsonTree title={title} value={block.value} />;
  }
}

function Text({ title, text }: { title: string; text: string }) {
  return (
    <ScrollRegion label={title} className="max-h-80 rounded-md border border-line bg-canvas px-2 py-1">
      <pre
        translate="no"
        className="whitespace-pre-wrap break-words font-mono text-ink text-xs [overflow-wrap:anywhere]"
      >
        {text === '' ? ' ' : visible(text)}
      </pre>
    </ScrollRegion>
  );
}
