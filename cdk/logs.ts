import { RetentionDays } from 'aws-cdk-lib/aws-logs';

/** Long enough to look into last month's complaint; what must be kept longer is in the decisions, not the logs. */
export const LOG_RETENTION = RetentionDays.ONE_MONTH;
