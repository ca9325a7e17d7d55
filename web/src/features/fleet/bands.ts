import type { FiguresRow } from './queries'

/** The percentiles of one bucket of time; times in milliseconds. */
export interface Band {
  start: number
  end: number
  count: number
  outside: number
  /** p5, p25, median, p75, p95. */
  q: (number | null)[]
}

const HOUR = 3_600_000
export const STEPS = { hour: HOUR, day: 24 * HOUR, week: 168 * HOUR } as const
export type Step = keyof typeof STEPS

/** How finely a stretch of time is told: at most some hundred buckets. */
export function stepOf(length: number): Step {
  if (length <= 4 * STEPS.day) return 'hour'
  return length <= 200 * STEPS.day ? 'day' : 'week'
}

/** The start of a bucket as the server names it, in UTC. */
export function bucketStart(text: string): number {
  const iso = text.trim().replace(' ', 'T')
  const whole = iso.length <= 10 ? `${iso}T00:00:00` : iso
  return Date.parse(/(?:Z|[+-]\d{2}:?\d{2})$/.test(whole) ? whole : `${whole}Z`)
}

/** The rows of an answer as bands in the order of time. */
export const bandsOf = (rows: readonly FiguresRow[], step: Step): Band[] =>
  rows
    .map((row) => {
      const start = bucketStart(row.group[step] ?? '')
      return {
        start,
        end: start + STEPS[step],
        count: row.count,
        outside: row.outside,
        q: row.quantiles,
      }
    })
    .filter(({ start }) => Number.isFinite(start))
    .sort((a, b) => a.start - b.start)

/** Bands that follow each other without a hole: between runs nothing was reported. */
export function runsOf(bands: readonly Band[]): Band[][] {
  const runs: Band[][] = []
  for (const band of bands) {
    if (band.q[2] == null) continue
    const run = runs.at(-1)
    if (run && run.at(-1)?.end === band.start) run.push(band)
    else runs.push([band])
  }
  return runs
}

/** One scale for all of them, with some air. */
export function scaleOf(bands: readonly Band[]): { low: number; high: number } {
  const values = bands.flatMap(({ q }) => q.filter((value) => value !== null))
  const low = values.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY)
  const high = values.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY)
  if (values.length === 0) return { low: 0, high: 1 }
  const air = (high - low || Math.abs(high) || 1) * 0.05
  return { low: low - air, high: high + air }
}

/** Round numbers between two ends, about `most` of them. */
export function roundsOf(low: number, high: number, most: number): number[] {
  const rough = (high - low) / Math.max(1, most)
  if (!(rough > 0)) return [low]
  const tens = 10 ** Math.floor(Math.log10(rough))
  const step = [1, 2, 5, 10].map((of) => of * tens).find((each) => each >= rough) ?? 10 * tens
  const first = Math.ceil(low / step)
  const last = Math.floor(high / step + 1e-9)
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) =>
    Number(((first + i) * step).toPrecision(12)),
  )
}

/** The rows of each group of a name, the most reported first. */
export function splitOf(rows: readonly FiguresRow[], by: string): [string, FiguresRow[]][] {
  const groups = new Map<string, FiguresRow[]>()
  for (const row of rows) {
    const name = row.group[by] ?? ''
    groups.set(name, [...(groups.get(name) ?? []), row])
  }
  return [...groups]
}
