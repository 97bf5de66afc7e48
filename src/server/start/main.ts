import { enableCompileCache } from 'node:module';
import { fileURLToPath } from 'node:url';
import { PROJECT_ROOT } from '../environment/project-root.ts';

/*
 * Node keeps the compiled code of all modules beside the build, which saves a tenth of the processor time of later starts. It
 * compiles without them where the folder cannot be read or written; the container image is built with them, and its service may
 * only read them. Modules that are loaded before
 * this call are not kept, so the service is imported after it.
 */
enableCompileCache(fileURLToPath(new URL('dist/compile-cache/', PROJECT_ROOT)));
const { runService } = await import('./service-process.ts');
await runService();
