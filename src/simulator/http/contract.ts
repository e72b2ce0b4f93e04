import document from './openapi.json' with { type: 'json' };

/** An operation of the contract, with JSON pointers to the schemas of what is validated. */
export interface Operation {
  readonly id: string;
  readonly method: string;
  /** The path in the contract's form: `/machines/{id}`. */
  readonly template: string;
  readonly segments: readonly string[];
  /** False for operations that the contract serves without a key. */
  readonly needsKey: boolean;
  readonly parameters: readonly Parameter[];
  /** A pointer to the schema of the request body; null if the operation has no body. */
  readonly body: string | null;
}

/** A path or query parameter. `pointer` leads to its schema. */
interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query';
  readonly required: boolean;
  readonly pointer: string;
}

type ParameterObject = Omit<Parameter, 'pointer'>;

interface OperationObject {
  readonly operationId: string;
  readonly parameters?: readonly (ParameterObject | { readonly $ref: string })[];
  readonly requestBody?: unknown;
  readonly security?: readonly unknown[];
}

interface Contract {
  readonly paths: Readonly<Record<string, Readonly<Record<string, OperationObject>>>>;
  readonly components: { readonly parameters: Readonly<Record<string, ParameterObject>> };
}

/** The OpenAPI 3.1 document that the simulator serves. */
export const contract: Contract = document as unknown as Contract;

/** Operations that the vendor's CLI calls although the published contract omits them (FACTS 5.1). */
const unpublished: Contract['paths'] = {
  '/billing/account-standing': { get: { operationId: 'billingAccountStanding-get' } },
};

/** All operations. Literal paths come before templated ones of the same shape. */
const operations: readonly Operation[] = Object.entries({ ...contract.paths, ...unpublished })
  .flatMap(([template, methods]) =>
    Object.entries(methods).map(([method, operation]) => describe(template, method, operation)),
  )
  .toSorted((a, b) => placeholders(a) - placeholders(b));

const byShape = Map.groupBy(operations, ({ method, segments }) => shape(method, segments.length));

/** Returns the operation of a path, with its decoded path parameters; undefined if there is none. */
export function route(
  method: string,
  path: string,
): { readonly operation: Operation; readonly params: Record<string, string> } | undefined {
  const segments = path.split('/').slice(1);
  for (const operation of byShape.get(shape(method, segments.length)) ?? []) {
    const params = match(operation.segments, segments);
    if (params) return { operation, params };
  }
  return undefined;
}

function describe(template: string, method: string, operation: OperationObject): Operation {
  const root = `/paths/${escape(template)}/${method}`;
  return {
    id: operation.operationId,
    method: method.toUpperCase(),
    template,
    segments: template.split('/').slice(1),
    needsKey: operation.security?.length !== 0,
    parameters: (operation.parameters ?? []).map((entry, index) =>
      '$ref' in entry
        ? referenced(entry.$ref)
        : { ...plain(entry), pointer: `${root}/parameters/${index}/schema` },
    ),
    body: operation.requestBody
      ? `${root}/requestBody/content/${escape('application/json')}/schema`
      : null,
  };
}

function referenced(ref: string): Parameter {
  const name = ref.split('/').at(-1) ?? '';
  const entry = contract.components.parameters[name];
  if (!entry) throw new Error(`the contract has no parameter ${name}`);
  return { ...plain(entry), pointer: `/components/parameters/${name}/schema` };
}

function plain({ name, in: location, required }: ParameterObject): ParameterObject {
  return { name, in: location, required };
}

function match(
  template: readonly string[],
  segments: readonly string[],
): Record<string, string> | undefined {
  const params: Record<string, string> = {};
  for (const [index, part] of template.entries()) {
    const segment = segments[index] ?? '';
    if (!part.startsWith('{')) {
      if (part !== segment) return undefined;
    } else {
      const value = decode(segment);
      if (!value) return undefined;
      params[part.slice(1, -1)] = value;
    }
  }
  return params;
}

function decode(segment: string): string | undefined {
  try {
    return decodeURIComponent(segment);
  } catch {
    return undefined;
  }
}

function shape(method: string, length: number): string {
  return `${method} ${length}`;
}

function placeholders(operation: Operation): number {
  return operation.template.split('{').length;
}

/** Escapes a part of a JSON pointer in a URI fragment. */
function escape(part: string): string {
  return encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1'));
}
