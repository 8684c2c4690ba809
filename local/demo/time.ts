/** Seconds since midnight as a clock shows them. */
export function timeOfDay(second: number): string {
  const whole = Math.floor(second) % 86_400;
  return [whole / 3_600, (whole / 60) % 60, whole % 60]
    .map(part => String(Math.floor(part)).padStart(2, '0'))
    .join(':');
}

/** A duration as a person says it: `45 s`, `3 min 20 s`, `1 h 5 min`. */
export function duration(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3_600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3_600)} h ${Math.floor((whole % 3_600) / 60)} min`;
}
