import type { GroupId, ProjectId } from './brands.ts';
import type { Settings } from './settings.ts';

/** One team's separate world. Status and load never cross projects. */
export type Project = {
  readonly id: ProjectId;
  readonly name: string;
  /** Exact origins of the pages that may start chats. */
  readonly allowedOrigins: readonly string[];
  /** Public: it names the project to the widget's route, it is no secret. */
  readonly widgetKey: string;
  readonly primaryGroupId: GroupId | null;
  readonly settings: Settings;
  readonly settingsVersion: number;
  readonly version: number;
};
