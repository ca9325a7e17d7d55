import type { Heartbeat } from './queries'

const HOUR = 3_600_000

/** A stretch between two reports in which others were due. */
export interface Silence {
  start: number
  end: number
}

export interface Change {
  at: number
  from: string
  to: string
}

export interface Point {
  at: number
  value: number
}

export const atOf = ({ captured_at }: Heartbeat): number => Date.parse(captured_at)

/** How far apart a device's reports usually are; an hour until there are enough to tell. */
export function usualGap(beats: readonly Heartbeat[]): number {
  const times = beats.map(atOf)
  const gaps = times
    .slice(1)
    .map((at, i) => at - (times[i] ?? at))
    .filter((gap) => gap > 0)
    .sort((a, b) => a - b)
  return gaps.length < 3 ? HOUR : (gaps[Math.floor(gaps.length / 2)] ?? HOUR)
}

/** Half as long again as usual is a report that did not come. */
export const longest = (beats: readonly Heartbeat[]): number => usualGap(beats) * 1.5

/** Where reports were due and none came. */
export function silencesOf(beats: readonly Heartbeat[]): Silence[] {
  const most = longest(beats)
  return beats.slice(1).flatMap((beat, i) => {
    const before = beats[i]
    if (!before || atOf(beat) - atOf(before) <= most) return []
    return [{ start: atOf(before), end: atOf(beat) }]
  })
}

/** When a device reported another version than before. */
export const changesOf = (beats: readonly Heartbeat[]): Change[] =>
  beats.slice(1).flatMap((beat, i) => {
    const from = beats[i]?.version ?? beat.version
    return from === beat.version ? [] : [{ at: atOf(beat), from, to: beat.version }]
  })

const numeric = (value: unknown): number | null =>
  typeof value === 'number' && Number.isFinite(value) ? value : null

/** A metric in stretches without a hole. A report without the metric is a hole, not a zero. */
export function pointsOf(beats: readonly Heartbeat[], metric: string): Point[][] {
  const most = longest(beats)
  const runs: Point[][] = []
  let last: number | null = null
  for (const beat of beats) {
    const [at, value] = [atOf(beat), numeric(beat.metrics[metric])]
    if (value !== null) {
      const run = last !== null && at - last <= most ? runs.at(-1) : undefined
      if (run) run.push({ at, value })
      else runs.push([{ at, value }])
    }
    last = value === null ? null : at
  }
  return runs
}

/** The metrics that hold a number in at least one report, by name. */
export const numbersOf = (beats: readonly Heartbeat[]): string[] =>
  [
    ...new Set(
      beats.flatMap(({ metrics }) =>
        Object.keys(metrics).filter((name) => numeric(metrics[name]) !== null),
      ),
    ),
  ].sort()
