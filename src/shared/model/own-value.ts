/**
 * What a record holds under a name that came from outside. `record[name]` alone also finds what every object inherits, such as
 * `constructor`.
 * @returns undefined for a name that the record itself does not have
 */
export const ownValue = <T>(record: Readonly<Record<string, T>>, name: string): T | undefined =>
  Object.hasOwn(record, name) ? record[name] : undefined;
