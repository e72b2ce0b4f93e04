import { readResponse } from '../../src/api/transport/response.ts';
import type { Client } from '../../src/api/client.ts';
import type { Request } from '../../src/api/requests/request.ts';
import { connect } from './apiClient.ts';

/** The answer to a request: the text of the body, with status 200 by default. */
export interface Said {
  readonly status?: number;
  readonly body: string;
}

/** Creates a client whose requests are answered in the process, from the bytes of these answers. */
export const answering = (answer: (request: Request) => Said): Client =>
  connect('https://in.place', {
    transport: {
      exchange: async (request) => {
        const { status = 200, body } = answer(request);
        return readResponse(request, { statusCode: status, headers: {}, body: Buffer.from(body) });
      },
      [Symbol.dispose]: () => undefined,
    },
  });
