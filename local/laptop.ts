import * as z from 'zod';
import type { Instant } from '../domain/brands.ts';
import type { Context } from '../functions/edge/context.ts';
import { Problem } from '../functions/edge/problems.ts';
import { wireAdmin } from '../functions/wiring.ts';
import { type Engines, type Environment, startEngines } from './engines/engines.ts';
import type { QueueEngine } from './engines/queue.ts';
import { recreateTable } from './engines/table.ts';
import { type Functions, projectFunctions } from './functions.ts';
import { openDoor } from './gateway/door.ts';
import { openGateway } from './gateway/gateway.ts';
import { type Listening, listenOnLoopback } from './gateway/listen.ts';
import { AUDIENCE, type Issuer, openIssuer, type Subject } from './issuer.ts';
import { type DemoProject, loadDemo } from './load-demo.ts';
import { type Background, startBackground } from './pollers/background.ts';
import { ISSUER_PATH, localRoutes } from './routes/local-routes.ts';
import { isLocal, serveLocal } from './routes/serve-local.ts';
import { type DataFolder, openDataFolder } from './storage/data-folder.ts';
import { jsonFile } from './storage/json-file.ts';
import { type Clock, openClock } from './time/clock.ts';
import { type Gate, openGate } from './time/gate.ts';

export type LaptopOptions = {
  /** Taken: the next free one. 0 = any, the default. */
  readonly port?: number;
  /** A folder, or `memory`: keeps nothing. */
  readonly dataDir: string;
  /** Whether the demo team is loaded, now if its project is not there and at a reset. */
  readonly demo: boolean;
  /** Silences the functions' log below errors as well. */
  readonly quiet?: boolean;
  /** Points engines elsewhere; nothing does unless it is given. */
  readonly env?: Environment;
  /** Takes the place of functions, for tests. */
  readonly functions?: (real: Functions) => Functions;
};

export type Laptop = {
  readonly url: string;
  readonly context: Context;
  readonly demo: DemoProject | null;
  /** What runs where, a line each. */
  readonly engines: readonly string[];
  /** The queue that was started here, to look into; null = the environment names another. */
  readonly queue: QueueEngine | null;
  readonly advance: (seconds: number) => Promise<Instant>;
  readonly reset: () => Promise<void>;
  /** A token of the laptop's own issuer. */
  readonly sign: (subject: Subject) => Promise<string>;
  readonly close: () => Promise<void>;
};

const OWNER: Subject = { sub: 'owner', group: 'owner' };

/** Starts Usher on this machine. What was started is closed again when something fails on the way. */
export async function startLaptop(options: LaptopOptions): Promise<Laptop> {
  const closing: (() => unknown)[] = [];
  const close = async () => {
    for (const closeOne of closing.splice(0).reverse()) await closeOne();
  };
  try {
    return { ...(await start(options, closing)), close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function start(options: LaptopOptions, closing: (() => unknown)[]): Promise<Omit<Laptop, 'close'>> {
  const given = options.env ?? {};
  const folder = openDataFolder(options.dataDir);
  closing.push(folder.close);
  const clock = openClock(folder);
  closing.push(() => clock.keep());
  const gate = openGate();
  const issuer = await openIssuer(folder, clock);
  const engines = await startEngines(folder, given, clock);
  closing.push(engines.close);

  // The tokens name the port, so it is taken first; nobody knows of it before everything behind it is there.
  const door = openDoor();
  const listening = await listenOnLoopback(options.port ?? 0, door.serve);
  const env = withIssuer(engines.env, listening);
  const context = wireAdmin(env, { now: clock.now, widgetKey: id => `pk_${id}`, measure: () => {} });
  // Standard output is for people; below a warning, the functions' log says nothing they would look for.
  context.log.setLogLevel(options.quiet ? 'ERROR' : 'WARN');
  const real = projectFunctions(context, env);
  const functions = options.functions?.(real) ?? real;
  const background = await startBackground(
    engines,
    functions,
    folder,
    clock,
    gate,
    countWrites(context.table.client),
  );
  closing.push(background.close, listening.close);

  const services = {
    options,
    folder,
    engines,
    clock,
    gate,
    issuer,
    background,
    env,
    url: `http://localhost:${listening.port}`,
  };
  const { advance, reset, sign, demo } = verbs(services);
  const drain = () => gate.together(background.drain);
  const local = serveLocal(
    localRoutes({
      jwks: issuer.jwks,
      sign,
      now: clock.now,
      advance,
      events: engines.own.events,
      drain,
      reset,
    }),
  );
  const gateway = openGateway(functions.http, clock, gate);
  door.open((request, response) => (isLocal(request.url) ? local : gateway)(request, response));
  return {
    url: services.url,
    context,
    demo: await demo(),
    engines: engines.described,
    queue: engines.own.queue,
    advance,
    reset,
    sign,
  };
}

/** Counts what is sent to the table to change it. */
function countWrites({ middlewareStack }: Context['table']['client']): () => number {
  let writes = 0;
  middlewareStack.add(
    (next, { commandName = '' }) =>
      input => {
        if (!/^(Get|BatchGet|Query)/.test(commandName)) writes += 1;
        return next(input);
      },
    { step: 'initialize', name: 'countWrites' },
  );
  return () => writes;
}

type Services = {
  readonly options: LaptopOptions;
  readonly folder: DataFolder;
  readonly engines: Engines;
  readonly clock: Clock;
  readonly gate: Gate;
  readonly issuer: Issuer;
  readonly background: Background;
  readonly env: Environment;
  readonly url: string;
};

/** What a laptop can be asked to do. */
function verbs({ options, folder, engines, clock, gate, issuer, background, env, url }: Services) {
  const issuerUrl = env.USHER_TOKEN_ISSUER ?? '';
  const ownIssuer = options.env?.USHER_TOKEN_ISSUER === undefined;
  const unfinished = jsonFile(folder.within('demo-unfinished.json'), z.boolean());
  let resetting: Promise<unknown> = Promise.resolve();

  const sign = async (subject: Subject) => {
    if (ownIssuer) return issuer.sign(subject, issuerUrl);
    throw new Problem('not-found', `Tokens come from ${issuerUrl}, which the environment names.`);
  };
  const demo = async () => {
    if (!options.demo || !ownIssuer) return null;
    return loadDemo(url, await sign(OWNER), [url, url.replace('localhost', '127.0.0.1')], unfinished);
  };
  const empty = async () => {
    await recreateTable(engines.clients.table, engines.tableName);
    engines.own.queue?.clear();
    engines.own.events?.clear();
    engines.own.rules?.clear();
    await background.startOver();
  };
  return {
    sign,
    demo,
    async advance(seconds: number) {
      await gate.alone(() => background.advanceTo((clock.now() + Math.round(seconds * 1_000)) as Instant));
      return clock.now();
    },
    reset() {
      if (!engines.own.table) {
        throw new Problem('forbidden', 'The table is not one that was started here; it is not emptied.');
      }
      const done = resetting.then(() => gate.alone(empty)).then(demo);
      resetting = done.catch(() => {});
      return done.then(() => {});
    },
  };
}

function withIssuer(env: Environment, { port }: Listening): Environment {
  return {
    ...env,
    USHER_TOKEN_ISSUER: env.USHER_TOKEN_ISSUER ?? `http://127.0.0.1:${port}${ISSUER_PATH}`,
    USHER_TOKEN_AUDIENCE: env.USHER_TOKEN_AUDIENCE ?? AUDIENCE,
  };
}
