// A forge: the service that hosts the repository, its pull requests, and its issues. `createGithub` (GitHub, Gitea,
// Forgejo) and `createGitlab` make one, and `openForge` the one that an API's URL names; http.ts sends their requests.
// pullRequests.ts opens a pull request, `publishComment` keeps one comment up to date, and `publishIssue` one issue.

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

/** The status of a commit. A commit has one for each context. */
export interface CommitStatus {
  /** The name of the status, such as `holdfast/default`. */
  readonly context: string;
  readonly state: 'pending' | 'success' | 'failure';
  /** One line. Only the first 140 characters are sent. */
  readonly description: string;
  /** The link of the status; null: none. */
  readonly url: string | null;
}

/** The statuses of the repository's commits. */
export interface Statuses {
  /**
   * Sets the status of a commit (40 or 64 hex digits), and replaces the one with the same context. Repeated like an
   * update, since it cannot do harm twice. Rejects with a `ForgeError` and with nothing else.
   */
  set(commit: string, status: CommitStatus): Promise<void>;
}

/** An issue of the repository. */
export interface Issue {
  /** Its number in the repository. */
  readonly id: string;
  readonly title: string;
  /** Markdown, as it was written. */
  readonly body: string;
  readonly open: boolean;
}

/** The issues of the repository. Every call rejects with a `ForgeError` and with nothing else. */
export interface Issues {
  /**
   * Lists all issues, open and closed, that the owner of the token may have written, oldest first and each once.
   * Rejects if any page cannot be read.
   */
  list(): Promise<readonly Issue[]>;
  /**
   * Creates an open issue, with a title of at most 255 characters and a body of at most 65,536. As with
   * `Comments.create`, the issue may exist if it rejects with `uncertain`.
   */
  create(issue: Pick<Issue, 'title' | 'body'>): Promise<void>;
  /** Changes the given fields of an issue. */
  update(id: string, change: Partial<Omit<Issue, 'id'>>): Promise<void>;
}

/** A pull request to open; of GitLab, a merge request. */
export interface NewPullRequest {
  readonly title: string;
  /** Markdown. */
  readonly body: string;
  /** The branch with the change, and the branch that is to get it. */
  readonly from: string;
  readonly to: string;
}

/** The pull requests of the repository. */
export interface PullRequests {
  /**
   * Opens a pull request, and resolves to its URL for people. As with `Comments.create`, it may exist if this rejects
   * with `uncertain`. Rejects with a `ForgeError` and with nothing else.
   */
  create(change: NewPullRequest): Promise<string>;
}

/** The part of a forge that Holdfast uses. */
export interface Forge {
  /** Returns the comments on a pull request, or on a merge request by its number in the project. Sends nothing. */
  comments(change: number): Comments;
  readonly statuses: Statuses;
  readonly issues: Issues;
  readonly pullRequests: PullRequests;
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
