import type { Series } from '@/api/client'
import type { TimeWindow } from '@/components/time/window'

const LONGEST_JOINED = 120_000

/** A minute of heart rate that was imputed, with its 90 % interval. */
export interface Filled {
  at: number
  value: number
  low: number
  high: number
}

/** The steps that are expected in the imputed minutes of a quarter of an hour. */
export interface FilledBar {
  start: number
  end: number
  steps: number
  minutes: number
}

/** What was imputed of a day. */
export interface DayImputed {
  runs: Filled[][]
  bars: FilledBar[]
}

export const NOTHING_IMPUTED: DayImputed = { runs: [], bars: [] }

const places = (series: Series | undefined) =>
  (series?.t ?? []).flatMap((t, i) =>
    (series?.imputed_count?.[i] ?? 0) > 0 ? [{ i, at: Date.parse(t) }] : [],
  )

/** The instants at which something was measured: an imputed minute proves nothing. */
export const measuredAt = (series: Series | undefined): number[] =>
  (series?.t ?? []).flatMap((t, i) => ((series?.count?.[i] ?? 1) > 0 ? [Date.parse(t)] : []))

/** Imputed minutes of heart rate in runs that a line may join. */
export function filledRuns(series: Series | undefined): Filled[][] {
  const runs: Filled[][] = []
  for (const { i, at } of places(series)) {
    const value = series?.estimate?.[i]
    if (value == null) continue
    const filled = { at, value, low: series?.low?.[i] ?? value, high: series?.high?.[i] ?? value }
    const last = runs.at(-1)
    const before = last?.at(-1)
    if (last && before && at - before.at <= LONGEST_JOINED) last.push(filled)
    else runs.push([filled])
  }
  return runs
}

/** Imputed steps by stretches of one length. */
export function filledBars(
  series: Series | undefined,
  window: TimeWindow,
  length: number,
): FilledBar[] {
  const bars = new Map<number, FilledBar>()
  for (const { i, at } of places(series)) {
    const start = at - ((at - window.start) % length)
    const known = bars.get(start) ?? { start, end: start + length, steps: 0, minutes: 0 }
    const steps = known.steps + (series?.imputed_sum?.[i] ?? 0)
    bars.set(start, { ...known, steps, minutes: known.minutes + 1 })
  }
  return [...bars.values()]
}

const whole = (value: number) => Math.round(value).toLocaleString('en')

/** What was imputed at an instant's minute, in words; nothing where nothing was. */
export function filledWords({ runs }: DayImputed, at: number): string {
  const here = runs.flat().find((one) => one.at <= at && at < one.at + 60_000)
  if (!here) return ''
  const interval = `90 % interval ${whole(here.low)} to ${whole(here.high)}`
  return `heart rate imputed: ${whole(here.value)} per min (${interval})`
}

/** How much of a day was imputed, in words. */
export function imputedDayWords({ runs, bars }: DayImputed): string {
  const beats = runs.flat().length
  const steps = bars.reduce((sum, bar) => sum + bar.steps, 0)
  return [
    beats > 0 ? `${whole(beats)} min of heart rate imputed` : '',
    bars.length > 0 ? `${whole(steps)} steps imputed` : '',
  ]
    .filter(Boolean)
    .join('; ')
}
