/** The labels of a resource: who owns it, what it is for. Kept by Holdfast, and never sent to the API. */
export type Labels = Readonly<Record<string, string>>;
