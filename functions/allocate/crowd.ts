import type { ProjectId } from '../../domain/brands.ts';

/**
 * Requests that share this process, as on a laptop: they need not find out through lost writes that they are after
 * the same agents. It saves work and decides nothing; what other processes do, the conditions of the writes settle.
 */
export type Crowd = {
  /** Runs the work for a project, unless such work is under way here: then null, and that work is told. */
  readonly alone: <Result>(project: ProjectId, work: Work<Result>) => Promise<Result | null>;
};

/**
 * `turnedAway` says whether anybody was sent away since it was last asked. If nobody was, the place is given up in the
 * same instant, so that nobody can be sent away by work that does not look again.
 */
type Work<Result> = (turnedAway: () => boolean) => Promise<Result>;

export function openCrowd(): Crowd {
  const underWay = new Map<ProjectId, { turnedAway: boolean }>();
  return {
    async alone(project, work) {
      const other = underWay.get(project);
      if (other !== undefined) {
        other.turnedAway = true;
        return null;
      }
      const mine = { turnedAway: false };
      underWay.set(project, mine);
      const leave = () => {
        if (underWay.get(project) === mine) underWay.delete(project);
      };
      try {
        return await work(() => {
          const { turnedAway } = mine;
          mine.turnedAway = false;
          if (!turnedAway) leave();
          return turnedAway;
        });
      } finally {
        leave();
      }
    },
  };
}
