import { readAnswer } from '../../src/api/transport/response.ts';
import type { Client } from '../../src/api/client.ts';
import type { Request } from '../../src/api/requests/request.ts';
import { connect } from './apiClient.ts';

/** What is said to a request: the text of a body, with status 200 unless another is given. */
export interface Said {
  readonly status?: number;
  readonly body: string;
}

/** A client whose requests are answered in place, as the bytes of these answers would be. */
export const answering = (answer: (request: Request) => Said): Client =>
  connect('https://in.place', {
    transport: {
      exchange: async (request) => {
        const { status = 200, body } = answer(request);
        return readAnswer(request, { statusCode: status, headers: {}, body: Buffer.from(body) });
      },
      [Symbol.dispose]: () => undefined,
    },
  });
