/** Parts of an OpenAPI document that the page shows. Ours is made by the library, so nothing else occurs. */
interface Schema {
  $ref?: string;
  type?: string | string[];
  description?: string;
  enum?: unknown[];
  const?: unknown;
  default?: unknown;
  items?: Schema;
  properties?: Record<string, Schema>;
  required?: string[];
  oneOf?: Schema[];
  anyOf?: Schema[];
}
interface Parameter {
  name: string;
  in: string;
  required?: boolean;
  description?: string;
  schema?: Schema;
}
interface Content {
  content?: Record<string, { schema?: Schema }>;
}
interface Operation {
  summary?: string;
  description?: string;
  tags?: string[];
  parameters?: Parameter[];
  requestBody?: Content;
  responses: Record<string, Content & { description: string }>;
}
interface Document {
  info: { title: string; version: string; description?: string };
  paths: Record<string, Record<string, Operation>>;
  components?: { schemas?: Record<string, Schema> };
}

const METHODS = ['get', 'post', 'put', 'patch', 'delete'];

/** Renders an OpenAPI document as one page without any script, so that it needs neither a network nor a wider policy. */
export function renderDocs(openapi: object, stylePath: string): string {
  const { info, paths, components } = openapi as Document;
  const operations = Object.entries(paths).flatMap(([path, item]) =>
    METHODS.flatMap((method) => (item[method] ? [{ path, method, operation: item[method] }] : [])),
  );
  const tags = [...new Set(operations.map(({ operation }) => operation.tags?.[0] ?? 'Other'))];
  const sections = tags.map((tag) => {
    const own = operations.filter(({ operation }) => (operation.tags?.[0] ?? 'Other') === tag);
    return `<section><h2>${text(tag)}</h2>${own.map(renderOperation).join('')}</section>`;
  });
  const shapes = Object.entries(components?.schemas ?? {}).map(
    ([name, schema]) => `<h3 id="${text(name)}">${text(name)}</h3>${described(schema)}${fields(schema)}`,
  );
  const title = `${text(info.title)} API ${text(info.version)}`;
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title><link rel="stylesheet" href="${text(stylePath)}"></head>
<body><main>
<h1>${title}</h1>
${prose(info.description ?? '')}
<p>The same as a machine reads it: <a href="/api/openapi.json">openapi.json</a></p>
${sections.join('\n')}
<section><h2>Shapes</h2>${shapes.join('')}</section>
</main></body></html>
`;
}

function renderOperation({ path, method, operation }: { path: string; method: string; operation: Operation }): string {
  const { summary = '', description, parameters = [], requestBody, responses } = operation;
  const sent = bodySchema(requestBody);
  return [
    `<article><h3><span class="method">${text(method.toUpperCase())}</span> <code>${text(path)}</code></h3>`,
    `<p>${inline(summary)}</p>`,
    description ? prose(description) : '',
    parameters.length > 0 ? table(['Parameter', 'Type', ''], parameters.map(parameterRow)) : '',
    sent ? `<h4>Body</h4>${typeLine(sent)}${fields(sent)}` : '',
    '<h4>Answers</h4>',
    table(
      ['Status', 'Shape', ''],
      Object.entries(responses).map(([status, response]) => [
        `<code>${text(status)}</code>`,
        type(bodySchema(response) ?? {}),
        inline(response.description),
      ]),
    ),
    '</article>',
  ].join('');
}

const bodySchema = (content: Content | undefined): Schema | undefined => content?.content?.['application/json']?.schema;

const parameterRow = ({ name, required, description, schema = {} }: Parameter): string[] => [
  `<code>${text(name)}</code>${required ? ' (required)' : ''}`,
  type(schema),
  inline([description ?? schema.description ?? '', defaultOf(schema)].filter(Boolean).join('; ')),
];

const defaultOf = (schema: Schema): string =>
  schema.default === undefined ? '' : `default \`${JSON.stringify(schema.default)}\``;

const described = ({ description }: Schema): string => (description ? `<p>${inline(description)}</p>` : '');

function typeLine(schema: Schema): string {
  return schema.$ref ? `<p>${type(schema)}</p>` : '';
}

/** The fields of an object, or the shapes that something may have. */
function fields(schema: Schema): string {
  const variants = schema.oneOf ?? schema.anyOf;
  if (variants) return unionFields(variants);
  if (!schema.properties || Object.keys(schema.properties).length === 0) return '';
  const required = new Set(schema.required);
  return table(
    ['Field', 'Type', ''],
    Object.entries(schema.properties).map(([name, field]) => [
      `<code>${text(name)}</code>${required.has(name) ? '' : ' (optional)'}`,
      type(field),
      inline([field.description ?? '', defaultOf(field)].filter(Boolean).join('; ')) + nested(field),
    ]),
  );
}

/** What all variants share, then a row for each with what it has of its own. */
function unionFields(variants: Schema[]): string {
  const properties = variants[0]?.properties ?? {};
  const isShared = (name: string) =>
    variants.every((variant) => JSON.stringify(variant.properties?.[name]) === JSON.stringify(properties[name]));
  const shared = Object.entries(properties).filter(([name]) => isShared(name));
  const own = Object.keys(properties).filter((name) => !isShared(name));
  return [
    fields({ properties: Object.fromEntries(shared), required: variants[0]?.required }),
    table(
      own.map((name) => `<code>${text(name)}</code>`),
      variants.map((variant) => own.map((name) => brief(variant.properties?.[name] ?? {}))),
    ),
  ].join('');
}

const brief = (schema: Schema): string =>
  schema.properties
    ? Object.entries(schema.properties)
        .map(([name, field]) => `<code>${text(name)}</code>: ${type(field)}`)
        .join('<br>')
    : type(schema);

const nested = (field: Schema): string => fields(field.items ?? field);

function type(schema: Schema): string {
  if (schema.$ref) {
    const name = schema.$ref.split('/').at(-1) ?? '';
    return `<a href="#${text(name)}">${text(name)}</a>`;
  }
  if (schema.enum) return schema.enum.map((value) => `<code>${text(String(value))}</code>`).join(' | ');
  if (schema.const !== undefined) return `<code>${text(String(schema.const))}</code>`;
  const variants = schema.oneOf ?? schema.anyOf;
  if (variants) return variants.map(type).join(' | ');
  if (schema.items) return `list of ${type(schema.items)}`;
  return text([schema.type ?? ''].flat().join(' | '));
}

const table = (head: string[], rows: string[][]): string =>
  `<table><thead><tr>${head.map((cell) => `<th>${cell}</th>`).join('')}</tr></thead><tbody>${rows
    .map((row) => `<tr>${row.map((cell) => `<td>${cell}</td>`).join('')}</tr>`)
    .join('')}</tbody></table>`;

const prose = (markdown: string): string =>
  markdown
    .split('\n\n')
    .map((paragraph) => `<p>${inline(paragraph)}</p>`)
    .join('');

/** Text with code between backticks, which is all the marking that the descriptions use. */
const inline = (markdown: string): string => text(markdown).replace(/`([^`]+)`/g, '<code>$1</code>');

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
const text = (raw: string): string => raw.replace(/[&<>"']/g, (char) => ENTITIES[char] ?? char);

/** Style of the page; a file of its own, because the policy allows nothing inline. */
export const DOCS_CSS = `:root { color-scheme: light dark; }
body { margin: 0; font: 15px/1.55 system-ui, sans-serif; }
main { max-width: 60rem; margin: 0 auto; padding: 2rem 1rem 4rem; }
h2 { margin-top: 3rem; border-bottom: 1px solid color-mix(in srgb, currentColor 25%, transparent); }
article { margin: 2rem 0; }
h3 { scroll-margin-top: 1rem; }
h4 { margin: 1rem 0 0.25rem; }
.method { font: 600 0.8em ui-monospace, monospace; padding: 0.1rem 0.4rem; border: 1px solid; border-radius: 0.25rem; }
code { font: 0.9em ui-monospace, monospace; }
table { border-collapse: collapse; table-layout: fixed; width: 100%; margin: 0.5rem 0; }
th:first-child { width: 13rem; }
th:nth-child(2):not(:last-child) { width: 17rem; }
th, td { text-align: left; vertical-align: top; padding: 0.25rem 0.75rem 0.25rem 0; overflow-wrap: anywhere;
  border-bottom: 1px solid color-mix(in srgb, currentColor 12%, transparent); }
a { color: LinkText; }
`;
