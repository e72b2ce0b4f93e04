/** Addresses of Terraform: `module.gpu["a"].paperspace_machine.worker[0]`. Pure. */

const identifier = String.raw`[\p{ID_Start}_][\p{ID_Continue}-]*`;
const instanceKey = String.raw`\[(?:\d+|"(?:[^"\\\p{Cc}]|\\[^\p{Cc}])*")\]`;
const moduleStep = `module\\.${identifier}(?:${instanceKey})?`;

const wholeIdentifier = new RegExp(`^${identifier}$`, 'u');
const wholeModulePath = new RegExp(`^${moduleStep}(?:\\.${moduleStep})*$`, 'u');
const eachInstanceKey = new RegExp(instanceKey, 'gu');

/** Whether a text may be the type or the name of a resource. Any other text could break out of a `removed` block. */
export const isIdentifier = (text: string): boolean => wholeIdentifier.test(text);

/** Whether a text may be the path of a module instance, such as `module.gpu["a"].module.worker`. */
export const isModulePath = (text: string): boolean => wholeModulePath.test(text);

/** Removes the instance keys of a module path: the path of the module in the configuration. */
export const withoutInstanceKeys = (modulePath: string): string =>
  modulePath.replace(eachInstanceKey, '');

/** Formats the key of an instance, which `count` or `for_each` gave it: `[0]`, `["a"]`. */
export const keyText = (key: string | number): string =>
  `[${typeof key === 'number' ? key : quoted(key)}]`;

/** Quotes a text as HCL does: in contrast to JSON, without `\b` and `\f`, and with templates escaped. */
const quoted = (text: string): string =>
  JSON.stringify(text)
    .replace(/\\(.)/g, (escape, sign: string) => unicodeEscapes.get(sign) ?? escape)
    .replace(/[$%](?=\{)/g, '$&$&');

const unicodeEscapes: ReadonlyMap<string, string> = new Map([
  ['b', String.raw`\u0008`],
  ['f', String.raw`\u000c`],
]);
