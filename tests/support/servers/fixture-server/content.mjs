// What the conformance suite expects to find, word for word where it says so.

/** @import { AudioContent, CallToolResult, ContentBlock, ElicitInputParams } from '@modelcontextprotocol/server' */
/** @import { EmbeddedResource, ImageContent, JsonSchemaType, TextContent } from '@modelcontextprotocol/server' */

/** A PNG of one red pixel. @type {ImageContent} */
export const IMAGE = {
  type: 'image',
  mimeType: 'image/png',
  data: 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg==',
};

/** A WAV file with a header and one sample. @type {AudioContent} */
export const AUDIO = {
  type: 'audio',
  mimeType: 'audio/wav',
  data: 'UklGRiYAAABXQVZFZm10IBAAAAABAAEAQB8AAAB9AAACABAAZGF0YQIAAAA=',
};

/**
 * @param {string} value
 * @returns {TextContent}
 */
export const text = (value) => ({ type: 'text', text: value });

/**
 * @param {ContentBlock[]} content
 * @returns {CallToolResult}
 */
export const result = (...content) => ({ content });

/**
 * @param {string} uri
 * @param {string} mimeType
 * @param {string} value
 * @returns {EmbeddedResource}
 */
export const embedded = (uri, mimeType, value) => ({ type: 'resource', resource: { uri, mimeType, text: value } });

/**
 * @param {number} ms
 * @returns {Promise<void>}
 */
export const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * A form with string fields, all of them required.
 * @param {string} message
 * @param {string[]} fields
 * @returns {ElicitInputParams}
 */
export const form = (message, ...fields) => ({
  message,
  requestedSchema: {
    type: 'object',
    properties: Object.fromEntries(fields.map((name) => [name, { type: 'string' }])),
    required: fields,
  },
});

/** A tool's schema that uses what JSON Schema 2020-12 has beyond its predecessors. @type {JsonSchemaType} */
export const SCHEMA_2020_12 = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  type: 'object',
  $defs: {
    address: {
      $anchor: 'addressDef',
      type: 'object',
      properties: { street: { type: 'string' }, city: { type: 'string' } },
    },
  },
  properties: {
    name: { type: 'string' },
    address: { $ref: '#/$defs/address' },
    contactMethod: { type: 'string', enum: ['phone', 'email'] },
    phone: { type: 'string' },
    email: { type: 'string' },
  },
  allOf: [{ anyOf: [{ required: ['phone'] }, { required: ['email'] }] }],
  if: { properties: { contactMethod: { const: 'phone' } }, required: ['contactMethod'] },
  // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
  then: { required: ['phone'] },
  else: { required: ['email'] },
  additionalProperties: false,
};

/** @param {[value: string, title: string][]} pairs */
const titled = (...pairs) => pairs.map(([value, title]) => ({ const: value, title }));

/** A form with every kind of default. @type {ElicitInputParams} */
export const DEFAULTS_FORM = {
  message: 'Please review and update the form fields with defaults',
  requestedSchema: {
    type: 'object',
    properties: {
      name: { type: 'string', default: 'John Doe' },
      age: { type: 'integer', default: 30 },
      score: { type: 'number', default: 95.5 },
      status: { type: 'string', enum: ['active', 'inactive', 'pending'], default: 'active' },
      verified: { type: 'boolean', default: true },
    },
    required: [],
  },
};

/** A form with every kind of choice. @type {ElicitInputParams} */
export const CHOICES_FORM = {
  message: 'Please select options from the enum fields',
  requestedSchema: {
    type: 'object',
    properties: {
      untitledSingle: { type: 'string', enum: ['option1', 'option2', 'option3'] },
      titledSingle: {
        type: 'string',
        oneOf: titled(['value1', 'First Option'], ['value2', 'Second Option'], ['value3', 'Third Option']),
      },
      legacyEnum: {
        type: 'string',
        enum: ['opt1', 'opt2', 'opt3'],
        enumNames: ['Option One', 'Option Two', 'Option Three'],
      },
      untitledMulti: {
        type: 'array',
        minItems: 1,
        maxItems: 3,
        items: { type: 'string', enum: ['option1', 'option2', 'option3'] },
      },
      titledMulti: {
        type: 'array',
        minItems: 1,
        maxItems: 3,
        items: { anyOf: titled(['value1', 'First Choice'], ['value2', 'Second Choice'], ['value3', 'Third Choice']) },
      },
    },
    required: [],
  },
};
