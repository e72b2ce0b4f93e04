import type { Call, Handlers } from './call.ts';
import { route, type Operation } from './contract.ts';
import { badRequest, Refusal } from './refusal.ts';
import type { Validator } from './validate.ts';
import { json, refusalAnswer, type Answer, type Incoming } from './wire.ts';
import type { World } from '../world/world.ts';

/** The team, and what carries out its requests. */
export interface Api {
  readonly world: World;
  readonly handlers: Handlers;
  readonly validator: Validator;
}

/** Carries out a request on the world. An answer other than 200 has changed nothing. */
export function perform(api: Api, incoming: Incoming): Answer {
  const { world, validator } = api;
  try {
    const found = route(incoming.method, incoming.path);
    if (!found) throw new Refusal(404, 'Not found');
    const { operation, params } = found;
    if (operation.needsKey && !isAuthorized(world, incoming)) return unauthorized(operation);
    validator.checkParameters(operation, params, incoming.query);
    const body = readBody(validator, operation, incoming);
    return json(200, handle(api, operation, params, incoming, body));
  } catch (error) {
    if (error instanceof Refusal) return refusalAnswer(error);
    throw error;
  }
}

/** The session operation answers null, not 401, to an unknown key (FACTS 1.3). */
function unauthorized(operation: Operation): Answer {
  const refusal = new Refusal(401, 'You must be logged in to access this method.');
  return operation.id === 'auth-session' ? json(200, null) : refusalAnswer(refusal);
}

function handle(
  { world, handlers }: Api,
  operation: Operation,
  path: Readonly<Record<string, string>>,
  { query }: Incoming,
  body: unknown,
): unknown {
  const handler = handlers[operation.id];
  if (!handler) throw new Error(`the contract has ${operation.id}, and no handler is named so`);
  return handler({ world, path, query, body } as unknown as Call<never, never>);
}

function isAuthorized(world: World, { authorization }: Incoming): boolean {
  const [, token] = /^Bearer +(\S+)$/i.exec(authorization) ?? [];
  const { key } = world.settings;
  return token !== undefined && (key === undefined || token === key);
}

/** Reads the body. Throws a 400 if it is empty, is not JSON, or violates the contract. */
function readBody(
  validator: Validator,
  operation: Operation,
  { method, contentType, text }: Incoming,
): unknown {
  if (method === 'GET') return undefined;
  const isJson = contentType.toLowerCase().startsWith('application/json');
  if (text === '') {
    // An empty body with a JSON content type is refused (FACTS 1.9).
    if (operation.body || (isJson && method !== 'DELETE'))
      throw badRequest('Body cannot be empty when content-type is set to application/json');
    return undefined;
  }
  if (!isJson) throw badRequest('Content-Type must be application/json');
  const body = parse(text);
  validator.checkBody(operation, body);
  return body;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Refusal(400, 'Body is not JSON', 'PARSE_ERROR');
  }
}
