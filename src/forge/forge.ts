// A forge: the service that hosts the repository and its pull requests. `createGithub` (GitHub, Gitea, Forgejo) and
// `createGitlab` make one; http.ts sends their requests; `publishComment` keeps one comment up to date.

/** A comment on a change. */
export interface Comment {
  readonly id: string;
  /** Markdown, as it was written. */
  readonly body: string;
}

/**
 * The comments on one pull request or merge request. Every call rejects with a `ForgeError` and with nothing else. No
 * call needs a retry: reads and updates are repeated, and each waits as long as the forge asks, within a limit.
 */
export interface Comments {
  /**
   * Lists all comments that the owner of the token may have written, oldest first. Rejects if any page cannot be read:
   * a comment that is not in an incomplete list may exist.
   */
  list(): Promise<readonly Comment[]>;
  /**
   * Creates a comment of at most 65,536 characters. Sent again only if the forge certainly refused the last attempt. If
   * it rejects with `uncertain`, the comment may exist: the caller must list before it writes anything else.
   */
  create(body: string): Promise<void>;
  /** Replaces the body of a comment. */
  update(id: string, body: string): Promise<void>;
}

/** The part of a forge that Holdfast uses. */
export interface Forge {
  /** Returns the comments on a pull request, or on a merge request by its number in the project. Sends nothing. */
  comments(change: number): Comments;
}

/**
 * What a failed request means. `rejected`: it did not happen, and will not until something changes. `unavailable`: it
 * did not happen, and may succeed later. `uncertain`: it may have happened.
 */
export type ForgeVerdict = 'rejected' | 'unavailable' | 'uncertain';

/** A failed request to a forge. The message names method and path, never the token or a body that was sent. */
export class ForgeError extends Error {
  override readonly name = 'ForgeError';
  readonly verdict: ForgeVerdict;
  readonly status: number | undefined;

  constructor(message: string, verdict: ForgeVerdict, status?: number) {
    super(message);
    this.verdict = verdict;
    this.status = status;
  }
}
