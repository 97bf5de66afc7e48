import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { openPostgresBroker } from './postgres-broker.ts';
import { writeTemplate } from './template.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** File with the data directory of a migrated, empty embedded database. */
    templatePath: string;
    /** The address at which test files request the PostgreSQL of the run (postgres.ts). */
    postgresBroker: string;
  }
}

/** Unpacks the template database once for each run, and starts a PostgreSQL on request. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'idgraph-test-'));
  const templatePath = join(folder, 'template.tar');
  await writeTemplate(templatePath);
  project.provide('templatePath', templatePath);
  const broker = await openPostgresBroker();
  project.provide('postgresBroker', broker.url);
  return async () => {
    await broker.close();
    await rm(folder, { recursive: true, force: true });
  };
}
