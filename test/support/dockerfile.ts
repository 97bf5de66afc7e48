import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, renameSync } from 'node:fs';
import { basename, delimiter, dirname, join, posix } from 'node:path';

interface Instruction {
  readonly word: string;
  readonly text: string;
}

/** A stage of a Dockerfile; a folder stands in for its `/`. */
export interface Stage {
  readonly name: string;
  readonly root: string;
  readonly env: Readonly<Record<string, string>>;
  /** Program and arguments. */
  readonly command: readonly string[];
  readonly healthCheck: readonly string[];
  /** The folder in which the command runs, on this machine. */
  readonly folder: string;
}

interface Draft extends Stage {
  workdir: string;
  folder: string;
  command: readonly string[];
  healthCheck: readonly string[];
  env: Record<string, string>;
}

/** Instructions that only a container engine can follow, and that change no file. */
const ENGINE_ONLY = new Set(['USER', 'VOLUME', 'EXPOSE']);

function parse(text: string): Instruction[] {
  return text
    .replaceAll(/\\\n/g, ' ')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      const [, word, rest] = /^(\S+)\s+(.*)$/.exec(line)!;
      return { word: word!.toUpperCase(), text: rest! };
    });
}

/** The program of `CMD [...]`. */
const programOf = (text: string): string[] => JSON.parse(/\[.*\]$/.exec(text)![0]) as string[];

/**
 * Follows a Dockerfile without a container engine: each stage in a separate folder, `RUN` by a shell with the Node of the tests
 * and the npm cache of the machine. It knows the instructions of the project's Dockerfile and throws on any other, so that no
 * added step goes untested.
 */
export class DockerfileRun {
  readonly #context: string;
  readonly #root: string;
  readonly #ignored: ReadonlySet<string>;
  readonly #stages: Draft[] = [];

  /**
   * @param context The folder with the Dockerfile and `.dockerignore`.
   * @param root An empty folder for the stages.
   */
  constructor(context: string, root: string) {
    this.#context = context;
    this.#root = root;
    this.#ignored = new Set(readFileSync(join(context, '.dockerignore'), 'utf8').split('\n').filter(Boolean));
  }

  /** @returns The last stage. */
  run(): Stage {
    for (const instruction of parse(readFileSync(join(this.#context, 'Dockerfile'), 'utf8'))) this.#follow(instruction);
    return this.#stage;
  }

  get #stage(): Draft {
    return this.#stages.at(-1)!;
  }

  #follow({ word, text }: Instruction): void {
    if (ENGINE_ONLY.has(word)) return;
    if (word === 'FROM') this.#begin(text);
    else if (word === 'WORKDIR') this.#enter(text);
    else if (word === 'ENV') Object.assign(this.#stage.env, Object.fromEntries(pairsOf(text)));
    else if (word === 'COPY') this.#copy(text);
    else if (word === 'RUN') this.#shell(text);
    else if (word === 'CMD') this.#stage.command = programOf(text);
    else if (word === 'HEALTHCHECK') this.#stage.healthCheck = programOf(text);
    else throw new Error(`The Dockerfile has ${word}, which the test does not know.`);
  }

  #begin(text: string): void {
    const name = /\sAS\s+(\S+)$/i.exec(text)?.[1] ?? String(this.#stages.length);
    const root = join(this.#root, name);
    mkdirSync(root, { recursive: true });
    this.#stages.push({ name, root, workdir: '/', folder: root, env: {}, command: [], healthCheck: [] });
  }

  #enter(path: string): void {
    const stage = this.#stage;
    stage.workdir = posix.resolve(stage.workdir, path);
    stage.folder = join(stage.root, stage.workdir);
    mkdirSync(stage.folder, { recursive: true });
  }

  #copy(text: string): void {
    const from = /^--from=(\S+)\s+/.exec(text)?.[1];
    const names = text.replace(/^--from=\S+\s+/, '').split(/\s+/);
    const target = names.pop()!;
    const stage = this.#stage;
    const folder = join(stage.root, posix.resolve(stage.workdir, target));
    for (const name of names) {
      const into = names.length > 1 || target.endsWith('/') ? join(folder, basename(name)) : folder;
      if (from === undefined) this.#copyFromContext(name, into);
      else this.#moveFromStage(from, name, into);
    }
  }

  #copyFromContext(name: string, into: string): void {
    cpSync(join(this.#context, name), into, { recursive: true, filter: (path) => !this.#isIgnored(path) });
  }

  /** Moves the files instead of copying them, because earlier stages are not used again and packages are many files. */
  #moveFromStage(stageName: string, name: string, into: string): void {
    const stage = this.#stages.find((one) => one.name === stageName)!;
    mkdirSync(dirname(into), { recursive: true });
    renameSync(join(stage.root, name), into);
  }

  #isIgnored(path: string): boolean {
    const name = basename(path);
    return this.#ignored.has(name) || (name.endsWith('.log') && this.#ignored.has('*.log'));
  }

  /** Absolute paths are below the folder of the stage. `chown` does nothing, because there is only one account. */
  #shell(script: string): void {
    const stage = this.#stage;
    const here = script.replaceAll(/(^|\s)\/(\w)/g, `$1${stage.root}/$2`).replaceAll(/\bchown\s/g, 'true ');
    const { status, stdout, stderr } = spawnSync('sh', ['-ec', here], {
      cwd: stage.folder,
      env: { ...this.#environment(), ...stage.env },
      encoding: 'utf8',
    });
    if (status !== 0) throw new Error(`RUN ${script} ended with ${status}:\n${stdout}\n${stderr}`);
  }

  /** Passes on only the address of the registry and its cache, no other settings of npm or of a test. */
  #environment(): NodeJS.ProcessEnv {
    const clean = Object.entries(process.env).filter(([name]) => !/^(?:npm_|NODE_|VITEST)/.test(name));
    return {
      ...Object.fromEntries(clean),
      PATH: [dirname(process.execPath), process.env['PATH']].join(delimiter),
      npm_config_prefer_offline: 'true',
    };
  }
}

const pairsOf = (text: string): [string, string][] =>
  text.split(/\s+/).map((pair) => pair.split(/=(.*)/s).slice(0, 2) as [string, string]);
