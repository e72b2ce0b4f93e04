import { Ajv2020, type Options, type ValidateFunction } from 'ajv/dist/2020.js';
import document from '../../src/simulator/http/openapi.json' with { type: 'json' };
import type { Exchange, Simulator } from '../../src/simulator/simulator.ts';

/** The violations of the contract, one readable line each, in order. */
export interface ContractReport {
  /** Both lists below. */
  readonly problems: readonly string[];
  /** Requests that violate the contract, whatever the answer. */
  readonly requests: readonly string[];
  /** Answers that violate the contract, and each 200 to a request that does. */
  readonly answers: readonly string[];
}

interface Schema {
  readonly [key: string]: unknown;
}

interface Operation {
  readonly operationId: string;
  readonly parameters?: readonly (Parameter | { readonly $ref: string })[];
  readonly requestBody?: { readonly required?: boolean; readonly content: Content };
  readonly responses: { readonly 200: { readonly content: Content } };
}

interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query';
  readonly required: boolean;
  readonly schema: Schema;
}

interface Content {
  readonly 'application/json': { readonly schema: Schema };
}

interface Contract {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: {
    readonly parameters: Readonly<Record<string, Parameter>>;
    readonly schemas: Readonly<Record<string, Schema>>;
  };
}

const contract = document as unknown as Contract;

/** An operation that the vendor's CLI calls and the contract omits, with the answer that the CLI declares. */
const accountStanding: Operation = {
  operationId: 'billingAccountStanding-get',
  responses: {
    200: {
      content: {
        'application/json': {
          schema: {
            type: 'object',
            properties: {
              hasPaymentMethod: { type: 'boolean' },
              isAdminLocked: { type: 'boolean' },
              isInGoodStanding: { type: 'boolean' },
              messages: { type: 'array', items: { type: 'string' } },
            },
            required: ['hasPaymentMethod', 'isAdminLocked', 'isInGoodStanding', 'messages'],
            additionalProperties: false,
          },
        },
      },
    },
  },
};

const operations = new Map(
  [
    ...Object.values(contract.paths).flatMap((methods) => Object.values(methods)),
    accountStanding,
  ].map((operation) => [operation.operationId, operation]),
);

/** Flags that the vendor's CLI sends as query parameters. */
const cliFlags: ReadonlySet<string> = new Set([
  'json',
  'fields',
  'api-key',
  'api-url',
  'log-level',
]);

const options: Options = {
  strict: false,
  allErrors: true,
  // The contract has patterns such as `secret\:`, which are invalid in Unicode mode.
  unicodeRegExp: false,
  formats: {
    'date-time': (text: string) => text.includes('T') && !Number.isNaN(Date.parse(text)),
    uuid: /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i,
    email: /^\S+@\S+$/,
    uri: (text: string) => URL.canParse(text),
    int64: true,
  },
};

/** Schemas of answers forbid unknown fields: the simulator must answer only what is declared. */
const closedSchemas = closed(contract.components.schemas);

const texts = new Ajv2020({ ...options, coerceTypes: true });
const bodies = new Ajv2020(options);
const validators = new Map<string, ValidateFunction>();

/** Checks all further exchanges against the contract, independently of the simulator's own checks. */
export function checkContract(simulator: Pick<Simulator, 'onExchange'>): ContractReport {
  const all: { readonly of: 'request' | 'answer'; readonly text: string }[] = [];
  const only = (of: string) => all.filter((entry) => entry.of === of).map(({ text }) => text);
  simulator.onExchange((exchange) => {
    const where = `${exchange.method} ${exchange.path}`;
    const requests = requestProblems(exchange);
    for (const problem of requests) all.push({ of: 'request', text: `${where}: ${problem}` });
    for (const problem of answerProblems(exchange, requests.length === 0))
      all.push({ of: 'answer', text: `${where} answered ${exchange.status}: ${problem}` });
  });
  return {
    get problems() {
      return all.map(({ text }) => text);
    },
    get requests() {
      return only('request');
    },
    get answers() {
      return only('answer');
    },
  };
}

function requestProblems({ operationId, pathParams, query, requestBody }: Exchange): string[] {
  const operation = operations.get(operationId ?? '');
  if (!operation) return ['the contract has no such path and method'];
  return [
    ...check(texts, `${operationId} path`, () => parametersIn(operation, 'path'), pathParams),
    ...check(texts, `${operationId} query`, () => parametersIn(operation, 'query'), {
      ...withoutFlags(query),
    }),
    ...bodyProblems(operation, requestBody),
  ];
}

const withoutFlags = (query: Exchange['query']) =>
  Object.fromEntries(Object.entries(query).filter(([name]) => !cliFlags.has(name)));

function bodyProblems({ operationId, requestBody: declared }: Operation, body: unknown): string[] {
  if (body === undefined) return declared?.required ? ['body is missing'] : [];
  const schema = declared?.content['application/json'].schema ?? { additionalProperties: false };
  return check(bodies, `${operationId} body`, () => withRefs(schema), body);
}

function answerProblems(exchange: Exchange, isAllowed: boolean): string[] {
  const { operationId, status, responseBody, isFaulty } = exchange;
  if (isFaulty || status === 0) return [];
  if (status !== 200) {
    const error = { $ref: '#/components/schemas/Error' };
    return check(bodies, 'Error', () => withRefs(error, closedSchemas), responseBody);
  }
  const operation = operations.get(operationId ?? '');
  if (!operation) return ['there is no such operation'];
  const { schema } = operation.responses[200].content['application/json'];
  return [
    ...(isAllowed ? [] : ['the request is not allowed and was accepted']),
    ...check(bodies, `${operationId} answer`, () => withRefs(schema, closedSchemas), responseBody),
  ];
}

function check(ajv: Ajv2020, name: string, schema: () => Schema, value: unknown): string[] {
  const validate = validators.get(name) ?? ajv.compile(schema());
  validators.set(name, validate);
  if (validate(value)) return [];
  return (validate.errors ?? []).map(({ instancePath, message, params }) => {
    const key: unknown = params['additionalProperty'];
    return `${name}${instancePath} ${message}${typeof key === 'string' ? ` (${key})` : ''}`;
  });
}

function parametersIn(operation: Operation, place: 'path' | 'query'): Schema {
  const parameters = (operation.parameters ?? [])
    .map((entry) =>
      '$ref' in entry ? contract.components.parameters[lastPart(entry.$ref)] : entry,
    )
    .filter((entry) => entry?.in === place);
  return withRefs({
    type: 'object',
    properties: Object.fromEntries(parameters.map((entry) => [entry?.name, entry?.schema])),
    required: parameters.filter((entry) => entry?.required).map((entry) => entry?.name),
    additionalProperties: false,
  });
}

const lastPart = (ref: string) => ref.split('/').at(-1) ?? '';

/** Returns the schema as a document in which references to the contract's schemas resolve. */
const withRefs = (schema: Schema, schemas = contract.components.schemas): Schema => ({
  ...schema,
  components: { schemas },
});

function closed<T>(node: T): T {
  if (Array.isArray(node)) return node.map(closed) as T;
  if (typeof node !== 'object' || node === null) return node;
  const copy = Object.fromEntries(Object.entries(node).map(([key, value]) => [key, closed(value)]));
  const isObject = 'properties' in node && !('additionalProperties' in node);
  return (isObject && 'type' in node ? { ...copy, additionalProperties: false } : copy) as T;
}
