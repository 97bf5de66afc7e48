import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Plugin } from 'vitest/config';
import type { Reporter, TestModule, TestRunEndReason, TestSpecification, Vitest } from 'vitest/node';
import type { FieldError } from '../../../schema/errors/observe.ts';
import { type Difference, findDifference, readDeclared, readSeen, type SeenError } from './compare.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Folder in which the processes of the run record the errors of fields. */
    fieldErrors: string;
  }
}

/** The part of Vitest that the reporter uses. */
export type Run = Pick<Vitest, 'provide' | 'onClose' | 'globTestSpecifications' | 'getGlobalTestNamePattern'> & {
  readonly config: { readonly root: string };
};

/**
 * Compares the errors that fields of the graph threw during a run with those that they declare in `@errors`. Fails the run when
 * a field threw a code that it does not declare, and, when every test ran and passed, when a field declares a code that it
 * never threw.
 */
export class FieldErrorsReporter implements Reporter {
  readonly #fail: (message: string) => void;
  #run: Run | undefined;
  #folder = '';
  #specifications: readonly TestSpecification[] = [];

  /** @param fail Fails the run with a message. Default: prints it and sets the exit code. */
  constructor(fail = failRun) {
    this.#fail = fail;
  }

  onInit(run: Run): void {
    this.#run = run;
    this.#folder = mkdtempSync(join(tmpdir(), 'idgraph-field-errors-'));
    run.onClose(() => rmSync(this.#folder, { recursive: true, force: true }));
    run.provide('fieldErrors', this.#folder);
  }

  onTestRunStart(specifications: readonly TestSpecification[]): void {
    this.#specifications = specifications;
  }

  async onTestRunEnd(_modules: readonly TestModule[], faults: readonly unknown[], reason: TestRunEndReason) {
    const run = this.#run!;
    const declared = readDeclared(readFileSync(join(run.config.root, 'schema/schema.graphql'), 'utf8'));
    const { undeclared, unseen } = findDifference(declared, readSeen(this.#folder));
    const isWhole = reason === 'passed' && faults.length === 0 && (await isEveryTest(run, this.#specifications));
    const message = describeDifference(run.config.root, { undeclared, unseen: isWhole ? unseen : [] });
    if (message !== null) this.#fail(message);
  }
}

/** Whether a run has every test of every file, without a filter of files, lines or names. */
async function isEveryTest(run: Run, ran: readonly TestSpecification[]): Promise<boolean> {
  if (run.getGlobalTestNamePattern() !== undefined || ran.some(({ testLines }) => testLines !== undefined))
    return false;
  const files = new Set(ran.map(({ moduleId }) => moduleId));
  return (await run.globTestSpecifications()).every(({ moduleId }) => files.has(moduleId));
}

function describeDifference(root: string, { undeclared, unseen }: Difference): string | null {
  const faults = [
    ...undeclared.map((error) => describeUndeclared(root, error)),
    ...unseen.map((error) => describeUnseen(root, error)),
  ];
  return faults.length === 0 ? null : `${['The errors of fields differ from @errors:', ...faults].join('\n')}\n`;
}

function describeUndeclared(root: string, { field, code, by }: SeenError): string {
  const place = findResolver(root, field);
  return `  ${field} threw ${code} in ${by}. Add the code to its @Errors in ${place} and run "npm run schema:emit".`;
}

function describeUnseen(root: string, { field, code }: FieldError): string {
  return `  ${field} declares ${code}, and no test saw it. Write the test, or take the code out of @Errors in ${findResolver(root, field)}.`;
}

/** The file with the resolver of a field; subscriptions and some fields have another name in the class. */
function findResolver(root: string, field: string): string {
  const name = field.split('.')[1];
  const resolver = new RegExp(`^  (?:async )?${name}\\(|name: '${name}'`, 'm');
  const files = globSync('schema/*/*.ts', { cwd: root }).filter((file) =>
    resolver.test(readFileSync(join(root, file), 'utf8')),
  );
  return files.length === 0 ? 'schema/' : files.join(' or ');
}

function failRun(message: string): void {
  process.stderr.write(`\n${message}`);
  process.exitCode = 1;
}

/** Adds the reporter to every run, whatever reporters the command line names. */
export function checkFieldErrors(): Plugin {
  return {
    name: 'field-errors',
    // Vitest reads its configuration, and this file with it, once for the run and once for its projects.
    configureVitest: ({ vitest: { config } }) => {
      const isThere = config.reporters.some((each) => each.constructor.name === FieldErrorsReporter.name);
      if (!isThere) config.reporters.push(new FieldErrorsReporter());
    },
  };
}
