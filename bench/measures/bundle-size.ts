import { build } from 'esbuild';
import { BUNDLE } from '../../cdk/bundle.ts';
import type { Measure } from '../measure.ts';

/** The bundle of the function that starts chats, with the stack's own options. */
export async function bundleSize(): Promise<readonly Measure[]> {
  const { outputFiles, metafile } = await build({
    ...BUNDLE,
    entryPoints: ['functions/http/start-chat.ts'],
    outdir: 'bundle',
    write: false,
    metafile: true,
    logLevel: 'silent',
  });
  const bytes = outputFiles.reduce((sum, file) => sum + file.contents.byteLength, 0);
  const parts = Object.values(metafile.outputs).flatMap(output => Object.entries(output.inputs));
  const clients = new Set(
    parts.flatMap(([path, { bytesInOutput }]) => {
      const client = /@aws-sdk\/(client-[a-z-]+)\//.exec(path)?.[1];
      return client !== undefined && bytesInOutput > 0 ? [client] : [];
    }),
  );
  const unused = [...clients].filter(client => client !== 'client-dynamodb' && client !== 'client-sqs');
  return [
    {
      name: 'bundle of starting a chat, minified',
      value: bytes / 1_024,
      unit: 'KB',
      bar: 600,
      better: 'at-most',
    },
    {
      name: 'SDK clients in it that it does not use',
      value: unused.length,
      unit: '',
      bar: 0,
      better: 'at-most',
      note: [...clients].join(', '),
    },
  ];
}
