/**
 * The tests of `src/desired` that its mutants meet, as one file: for each file Stryker starts a worker, which takes
 * longer than most of these tests do. What takes seconds by itself is not among them.
 */
await import('../desired/messages.test.ts');
await import('../desired/expandNames.test.ts');
await import('../desired/namePattern.test.ts');
await import('../desired/schemaErrors.test.ts');
await import('../desired/invalid.test.ts');
await import('../desired/forms.test.ts');
await import('../desired/settings.test.ts');
await import('../desired/revision.test.ts');
await import('../desired/files.test.ts');
await import('../desired/badInput.test.ts');
await import('../desired/editorSchema.test.ts');
