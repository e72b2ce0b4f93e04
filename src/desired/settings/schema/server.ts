import { Type } from 'typebox';
import { closed, optional, secret, text } from './fields.ts';
import { namedToken } from './namedToken.ts';

/** The HTTP server. */
export const server = Type.Object(
  {
    listen: text('Host and port.', { format: 'listen-address', default: '127.0.0.1:8080' }),
    publicUrl: optional(
      text('A URL.', { format: 'public-url' }),
      'The URL of the server for people, such as https://holdfast.example.com. A request whose host is neither this nor the listening address is refused.',
    ),
    token: Type.Union([secret('A token.'), Type.Null()], {
      description:
        'Required of requests that change something or come from another host. It may do everything.',
      default: { env: 'HOLDFAST_TOKEN' },
    }),
    tokens: Type.Array(namedToken, {
      description: 'Further tokens, each of which may do only what it lists.',
      maxItems: 100,
      default: [],
    }),
  },
  closed,
);
