import { ForgeError } from './forge.ts';
import type { ForgeRequest } from './answer.ts';
import type { Send } from './http.ts';

/** Sends a create, and reads the URL from a field of the answer. */
export async function createPullRequest(
  send: Send,
  request: Pick<ForgeRequest, 'path' | 'json'>,
  field: 'html_url' | 'web_url',
): Promise<string> {
  const { json } = await send({ method: 'POST', ...request });
  const url: unknown = (json as Readonly<Record<string, unknown>> | null)?.[field];
  if (typeof url === 'string' && /^https?:/.test(url)) return url;
  throw new ForgeError(`POST ${request.path} answered no ${field}`, 'uncertain');
}
