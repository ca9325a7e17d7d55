import type { Night, Series, Timeline } from '@/api/client'
import type { TimeWindow } from '@/components/time/window'
import { civilAt, civilText } from '@/components/time/zone'
import {
  type DayImputed,
  filledBars,
  filledRuns,
  filledWords,
  imputedDayWords,
  measuredAt,
  NOTHING_IMPUTED,
} from './day-imputed'
import type { Mark } from './slots'
import { MARK_WORDS } from './slots'

const MINUTE = 60_000
const BAR = 15 * MINUTE
const LONGEST_JOINED = 2 * MINUTE

export interface Beat {
  at: number
  mean: number
  low: number
  high: number
}

export interface Bar {
  start: number
  end: number
  steps: number
}

export interface Stretch {
  start: number
  end: number
  mark: Mark
}

/** What a day is drawn from. Beats come in runs that a line may join; a gap parts two runs. */
export interface Figures {
  window: TimeWindow
  runs: Beat[][]
  bars: Bar[]
  worn: Stretch[]
  nights: readonly Night[]
  timeline: Timeline | null
  imputed: DayImputed
}

const instants = (series: Series | undefined): number[] =>
  (series?.t ?? []).map((t) => Date.parse(t))

function runsOf(series: Series | undefined): Beat[][] {
  const runs: Beat[][] = []
  for (const [i, at] of instants(series).entries()) {
    const mean = series?.mean?.[i]
    if (mean == null) continue
    const beat = { at, mean, low: series?.min?.[i] ?? mean, high: series?.max?.[i] ?? mean }
    const last = runs.at(-1)
    const before = last?.at(-1)
    if (last && before && at - before.at <= LONGEST_JOINED) last.push(beat)
    else runs.push([beat])
  }
  return runs
}

/** Minutes in a row as stretches. */
function joined(minutes: Iterable<number>, { start, end }: TimeWindow): Stretch[] {
  const found: Stretch[] = []
  for (const at of [...minutes].sort((a, b) => a - b)) {
    if (at < start || at >= end) continue
    const last = found.at(-1)
    if (last && last.end === at) last.end = at + MINUTE
    else found.push({ start: at, end: at + MINUTE, mark: 'worn' })
  }
  return found
}

/** The wear strip: what was worn, and between that what was not, or is not known yet. */
function stripOf(
  minutes: Iterable<number>,
  window: TimeWindow,
  synced: number | null,
  now: number,
  quiet: Mark | null,
): Stretch[] {
  const until = Math.min(window.end, now)
  const found: Stretch[] = []
  const fill = (start: number, end: number) => {
    if (end <= start) return
    if (quiet) found.push({ start, end, mark: quiet })
    else {
      const told = Math.min(Math.max(synced ?? start, start), end)
      if (told > start) found.push({ start, end: told, mark: 'off' })
      if (end > told) found.push({ start: told, end, mark: 'pending' })
    }
  }
  let at = window.start
  for (const stretch of joined(minutes, window)) {
    fill(at, stretch.start)
    found.push(stretch)
    at = stretch.end
  }
  fill(at, until)
  return found
}

/** Steps by the quarter of an hour; zeros without a worn minute are no data. */
function barsOf(steps: Series | undefined, worn: ReadonlySet<number>, window: TimeWindow): Bar[] {
  const bars = new Map<number, { steps: number; worn: boolean }>()
  for (const [i, at] of instants(steps).entries()) {
    const start = at - ((at - window.start) % BAR)
    const known = bars.get(start) ?? { steps: 0, worn: false }
    const more = steps?.sum?.[i] ?? 0
    bars.set(start, { steps: known.steps + more, worn: known.worn || worn.has(at) || more > 0 })
  }
  return [...bars]
    .filter(([, bar]) => bar.worn)
    .map(([start, bar]) => ({ start, end: start + BAR, steps: bar.steps }))
}

interface Given {
  window: TimeWindow
  series: readonly Series[]
  nights: readonly Night[]
  timeline: Timeline | null
  syncedAt: string | null
  now: number
  /** What unworn time is, where the day's reason says so. */
  quiet: Mark | null
  /** Whether what was imputed is left out (as without), drawn with what was measured, or alone. */
  imputed?: Series['imputed']
}

/** A day made ready to draw, from series of minutes. */
export function figuresOf(given: Given) {
  const { window, series, nights, timeline, syncedAt, now, quiet, imputed = 'exclude' } = given
  const named = (name: string) => series.find(({ metric }) => metric === name)
  const [heart, steps] = [named('heart_rate'), named('steps')]
  const minutes = new Set([...measuredAt(heart), ...measuredAt(named('worn_by_steps'))])
  const synced = syncedAt ? Date.parse(syncedAt) : null
  return {
    window,
    runs: imputed === 'only' ? [] : runsOf(heart),
    bars: imputed === 'only' ? [] : barsOf(steps, minutes, window),
    worn: stripOf(minutes, window, synced, now, quiet),
    nights,
    timeline,
    imputed:
      imputed === 'exclude'
        ? NOTHING_IMPUTED
        : { runs: filledRuns(heart), bars: filledBars(steps, window, BAR) },
  } satisfies Figures
}

const whole = (value: number) => Math.round(value).toLocaleString('en')

/** The beat of an instant's minute; null in a gap. */
export const beatAt = (runs: readonly Beat[][], at: number): Beat | null =>
  runs.flat().find((beat) => beat.at <= at && at < beat.at + MINUTE) ?? null

/** What all lanes say at an instant: one part each, and nothing for what has no data there. */
export function readOut(
  figures: Figures,
  at: number,
  zone: string,
  stageAt: (nights: readonly Night[], at: number) => string,
): string[] {
  const { runs, bars, worn, nights, timeline } = figures
  const beat = beatAt(runs, at)
  const bar = bars.find(({ start, end }) => start <= at && at < end)
  const filled = filledWords(figures.imputed, at)
  const more = figures.imputed.bars.find(({ start, end }) => start <= at && at < end)
  const stretch = worn.find(({ start, end }) => start <= at && at < end)
  const stage = stageAt(nights, at)
  const charge = (timeline?.batteries ?? []).filter((one) => Date.parse(one.at) <= at).at(-1)
  return [
    civilText(civilAt(at, zone), 'minute'),
    beat
      ? `heart rate ${whole(beat.mean)} per min (${whole(beat.low)} to ${whole(beat.high)})`
      : filled || 'no heart rate',
    bar ? `${whole(bar.steps)} steps in 15 min` : more ? '' : 'no steps data',
    more ? `${whole(more.steps)} steps imputed in 15 min` : '',
    stage && `sleep: ${stage}`,
    stretch ? MARK_WORDS[stretch.mark] : '',
    charge
      ? `battery ${charge.percent === null ? charge.level : `${whole(charge.percent)} %`}`
      : '',
  ].filter((part): part is string => Boolean(part))
}

/** A day in one sentence. */
export function dayWords(figures: Figures): string {
  const beats = figures.runs.flat()
  const minutes = figures.worn
    .filter(({ mark }) => mark === 'worn')
    .reduce((sum, { start, end }) => sum + (end - start) / MINUTE, 0)
  const steps = figures.bars.reduce((sum, bar) => sum + bar.steps, 0)
  const asleep = figures.nights.reduce((sum, night) => sum + night.minutes_asleep, 0)
  const worn = `Worn ${Math.floor(minutes / 60)} h ${Math.round(minutes % 60)} min`
  const filled = imputedDayWords(figures.imputed)
  if (beats.length === 0 && steps === 0)
    return `${[worn, filled || 'no heart rate, no steps'].join('; ')}.`
  const low = Math.min(...beats.map((beat) => beat.low))
  const high = Math.max(...beats.map((beat) => beat.high))
  const heart = beats.length > 0 ? `heart rate ${whole(low)} to ${whole(high)} per min` : ''
  const sleep = asleep > 0 ? `${(asleep / 60).toFixed(1)} h asleep` : 'no sleep'
  return `${[worn, heart, `${whole(steps)} steps`, sleep, filled].filter(Boolean).join('; ')}.`
}

/** A quarter of an hour as a row of a table. */
export interface Quarter {
  at: number
  clock: string
  heart: number | null
  low: number | null
  high: number | null
  steps: number | null
  worn: number
  sleep: string
  /** The mean of imputed minutes, how many there are, and the steps expected in theirs. */
  filled: number | null
  filledMinutes: number
  filledSteps: number | null
}

/** The day by quarters of an hour, up to now. */
export function quartersOf(
  { window, runs, bars, worn, nights, imputed }: Figures,
  zone: string,
  stageAt: (nights: readonly Night[], at: number) => string,
): Quarter[] {
  const beats = runs.flat()
  const filled = imputed.runs.flat()
  const rows: Quarter[] = []
  for (let at = window.start; at < window.end; at += BAR) {
    const own = beats.filter((beat) => beat.at >= at && beat.at < at + BAR)
    const made = filled.filter((one) => one.at >= at && one.at < at + BAR)
    const minutes = worn
      .filter(({ mark }) => mark === 'worn')
      .reduce(
        (sum, { start, end }) => sum + Math.max(0, Math.min(end, at + BAR) - Math.max(start, at)),
        0,
      )
    rows.push({
      at,
      clock: civilText(civilAt(at, zone), 'minute'),
      heart: own.length ? own.reduce((sum, beat) => sum + beat.mean, 0) / own.length : null,
      low: own.length ? Math.min(...own.map(({ low }) => low)) : null,
      high: own.length ? Math.max(...own.map(({ high }) => high)) : null,
      steps: bars.find(({ start }) => start === at)?.steps ?? null,
      worn: minutes / MINUTE,
      sleep: stageAt(nights, at),
      filled: made.length ? made.reduce((sum, one) => sum + one.value, 0) / made.length : null,
      filledMinutes: made.length,
      filledSteps: imputed.bars.find(({ start }) => start === at)?.steps ?? null,
    })
  }
  return rows
}
