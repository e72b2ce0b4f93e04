import document from '../../src/simulator/http/openapi.json' with { type: 'json' };
import type { Request } from '../../src/api/requests/request.ts';

interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly format?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
}

type Operation = {
  readonly responses: {
    readonly 200: {
      readonly content: { readonly 'application/json': { readonly schema: Schema } };
    };
  };
};

const schemas = document.components.schemas as unknown as Readonly<Record<string, Schema>>;

const operations = Object.entries(
  document.paths as unknown as Record<string, Record<string, Operation>>,
).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({
    method: method.toUpperCase(),
    path: new RegExp(`^${path.replaceAll(/\{\w+\}/g, '[^/]+')}$`),
    operation,
  })),
);

/** The text in all valid answers: ids, names, byte counts, and other texts without a format. */
export const anyText = '1';

/** Returns a valid answer to a request by the contract: all fields, one item in each list, no further pages. */
export function rightAnswer({ method, path }: Pick<Request, 'method' | 'path'>): unknown {
  const found = operations.find(
    (operation) => operation.method === method && operation.path.test(path),
  );
  if (!found) throw new Error(`the contract has no ${method} ${path}`);
  return sampleOf(found.operation.responses[200].content['application/json'].schema);
}

function sampleOf(schema: Schema): unknown {
  if (schema.$ref) return sampleOf(schemas[schema.$ref.split('/').at(-1) ?? ''] ?? {});
  if (schema.enum) return schema.enum[0];
  if (schema.anyOf) return sampleOf(schema.anyOf[0] ?? {});
  const type = Array.isArray(schema.type) ? schema.type[0] : schema.type;
  switch (type) {
    case 'object':
      return Object.fromEntries(
        Object.entries(schema.properties ?? {}).map(([name, field]) => [
          name,
          name === 'dtDeleted' ? null : sampleOf(field),
        ]),
      );
    case 'array':
      return [sampleOf(schema.items ?? {})];
    case 'number':
    case 'integer':
      return 1;
    case 'boolean':
      return false;
    default:
      return schema.format === 'date-time' ? '2026-11-21T10:00:00Z' : anyText;
  }
}
