import { clearLine, cursorTo } from 'node:readline';
import type { WriteStream } from 'node:tty';

/** Where the demo's live output goes. */
export type Show = {
  readonly line: (text: string) => void;
  /** `share` of the day that is over, 0 to 1. */
  readonly progress: (share: number, text: string) => void;
  readonly end: () => void;
};

/** A terminal: lines scroll by above one line that is drawn again and again. Anything else: lines only. */
export function showOn(stream: WriteStream | NodeJS.WriteStream): Show {
  return stream.isTTY ? bar(stream) : plain(stream);
}

export const silent: Show = { line: () => {}, progress: () => {}, end: () => {} };

function plain(stream: NodeJS.WritableStream): Show {
  return { ...silent, line: text => stream.write(`${text}\n`) };
}

const REDRAW_MS = 60;
const BAR_CELLS = 24;

function bar(stream: WriteStream | NodeJS.WriteStream): Show {
  let latest = '';
  let drawnAt = 0;
  const clear = () => {
    cursorTo(stream, 0);
    clearLine(stream, 0);
  };
  return {
    line(text) {
      clear();
      stream.write(`${text}\n${latest}`);
    },
    progress(share, text) {
      const full = Math.round(share * BAR_CELLS);
      // One column short of the width: a line that wraps cannot be drawn over.
      latest = `${'█'.repeat(full)}${'░'.repeat(BAR_CELLS - full)} ${text}`.slice(
        0,
        (stream.columns || 80) - 1,
      );
      if (performance.now() - drawnAt < REDRAW_MS) return;
      drawnAt = performance.now();
      clear();
      stream.write(latest);
    },
    end: clear,
  };
}
