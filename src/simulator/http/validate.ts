import { Ajv2020, type ErrorObject, type Options, type ValidateFunction } from 'ajv/dist/2020.js';
import { contract, type Operation } from './contract.ts';
import { badRequest } from './refusal.ts';

const dateTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/i;
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const formats: NonNullable<Options['formats']> = {
  'date-time': dateTime,
  uuid,
  email: /^[^@\s]+@[^@\s]+$/,
  uri: { validate: (text: string) => URL.canParse(text) },
  int64: true,
};

// The contract has patterns such as `secret\:`, which are invalid in Unicode mode.
// It is not validated against the meta-schema here, which takes ten milliseconds a simulator: the tests do that.
const options: Options = {
  strict: false,
  allErrors: true,
  unicodeRegExp: false,
  meta: false,
  validateSchema: false,
  formats,
};

/**
 * Flags that the vendor's CLI sends as query parameters. The contract does not define them. All other unknown
 * parameters are refused.
 */
const cliFlags = ['json', 'fields', 'api-key', 'api-url', 'log-level'];

/** Checks requests against the contract. */
export interface Validator {
  /**
   * Throws a 400 if path or query parameters violate the contract or are unknown. Converts numbers in `query` from text
   * to numbers in place.
   */
  checkParameters(
    operation: Operation,
    params: Readonly<Record<string, string>>,
    query: Record<string, unknown>,
  ): void;
  /** Throws a 400 if a request body violates the contract or has unknown keys. */
  checkBody(operation: Operation, body: unknown): void;
}

/** Creates a validator. It compiles the schemas of an operation at its first request. */
export function createValidator(): Validator {
  const bodies = compiler(options);
  const parameters = compiler({ ...options, coerceTypes: true });
  return {
    checkParameters(operation, params, query) {
      for (const [location, values] of [['path', params] as const, ['query', query] as const]) {
        const validate = parameters(`${operation.id} ${location}`, () =>
          closedObject(operation, location),
        );
        refuse(location, validate, values);
      }
    },
    checkBody(operation, body) {
      refuse(
        'body',
        bodies(operation.id, () => bodySchema(operation)),
        body,
      );
    },
  };
}

type Compiler = (key: string, schemaOf: () => object) => ValidateFunction;

/** Returns a function that compiles the schema of a key once. */
function compiler(ajvOptions: Options): Compiler {
  const ajv = new Ajv2020(ajvOptions).addSchema(contract, 'contract');
  const compiled = new Map<string, ValidateFunction>();
  return (key, schemaOf) => {
    const validate = compiled.get(key) ?? ajv.compile(schemaOf());
    compiled.set(key, validate);
    return validate;
  };
}

const bodySchema = ({ body: pointer }: Operation) =>
  pointer ? { $ref: `contract#${pointer}` } : { type: 'object', additionalProperties: false };

function closedObject(operation: Operation, location: 'path' | 'query') {
  const accepted = operation.parameters.filter((parameter) => parameter.in === location);
  return {
    type: 'object',
    properties: Object.fromEntries([
      ...(location === 'query' ? cliFlags.map((name) => [name, {}]) : []),
      ...accepted.map(({ name, pointer }) => [name, { $ref: `contract#${pointer}` }]),
    ]),
    required: accepted.filter(({ required }) => required).map(({ name }) => name),
    additionalProperties: false,
  };
}

function refuse(location: string, validate: ValidateFunction, value: unknown): void {
  if (validate(value)) return;
  const problems = (validate.errors ?? []).map((error) => `${location}${sentence(error)}`);
  throw badRequest(problems.slice(0, 5).join('; ').slice(0, 1000));
}

function sentence({ instancePath, keyword, message, params }: ErrorObject): string {
  if (keyword === 'additionalProperties')
    return `${instancePath} has an unknown key "${String(params['additionalProperty'])}"`;
  const choice = keyword === 'enum' ? `: ${JSON.stringify(params['allowedValues'])}` : '';
  return `${instancePath} ${message ?? 'is invalid'}${choice}`;
}
