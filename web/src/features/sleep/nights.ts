import type { Night } from '@/api/client'
import type { Span } from '@/components/chart/lane-chart'
import type { Track } from '@/components/chart/tracks'

/** The stages from top to bottom, each with its word and its colour. */
const STAGED = [
  ['wake', 'Awake', '--stage-wake'],
  ['rem', 'REM', '--stage-rem'],
  ['light', 'Light', '--stage-light'],
  ['deep', 'Deep', '--stage-deep'],
] as const

// Classic nights know only three; they are never relabelled as one of the four above.
const CLASSIC = [
  ['awake', 'Awake*', '--stage-wake'],
  ['restless', 'Restless*', '--stage-rem'],
  ['asleep', 'Asleep*', '--stage-light'],
] as const

type Lane = (typeof STAGED)[number] | (typeof CLASSIC)[number]

function lanesOf(nights: readonly Night[]): Lane[] {
  const present = new Set(nights.flatMap((night) => night.stages.map(({ stage }) => stage)))
  const either = (lanes: readonly Lane[]) =>
    lanes.some(([stage]) => present.has(stage)) ? lanes : []
  return [...either(STAGED), ...either(CLASSIC)]
}

/** Whether some of the nights tell only asleep, restless and awake. */
export const someClassic = (nights: readonly Night[]): boolean =>
  lanesOf(nights).some(([stage]) => stage === 'asleep')

/** The lanes that some nights need, and every stage as a stretch in its lane. */
export function stagesOf(nights: readonly Night[]): { lanes: string[]; spans: Span[] } {
  const lanes = lanesOf(nights)
  const place = new Map<string, number>(lanes.map(([stage], lane) => [stage, lane]))
  const spans = nights
    .flatMap((night) => night.stages)
    .flatMap(({ stage, start, end }): Span[] => {
      const lane = place.get(stage)
      const ink = lanes[lane ?? -1]?.[2]
      if (lane === undefined || ink === undefined) return []
      return [{ lane, ink, start: Date.parse(start), end: Date.parse(end) }]
    })
  return { lanes: lanes.map(([, word]) => word), spans }
}

/** The stage at an instant, in words; nothing if nobody slept then. */
export function stageAt(nights: readonly Night[], at: number): string {
  const words = new Map<string, string>(
    [...STAGED, ...CLASSIC].map(([stage, word]) => [stage, word]),
  )
  const found = nights
    .flatMap((night) => night.stages)
    .find(({ start, end }) => Date.parse(start) <= at && at < Date.parse(end))
  return found ? (words.get(found.stage) ?? found.stage) : ''
}

const HOUR = 3_600_000
const DAY = 24 * HOUR

/** Hours asleep per day, naps included, for windows too long to see stages. */
export function hoursOf(nights: readonly Night[], name: string, slot: number): Track {
  const days = new Map<string, { start: number; hours: number }>()
  for (const { day, offset_minutes, minutes_asleep } of nights) {
    const start = Date.parse(day) - offset_minutes * 60_000
    const known = days.get(day) ?? { start, hours: 0 }
    days.set(day, { ...known, hours: known.hours + minutes_asleep / 60 })
  }
  const sorted = [...days.values()].sort((a, b) => a.start - b.start)
  return {
    name,
    slot,
    starts: sorted.map(({ start }) => start),
    ends: sorted.map(({ start }) => start + DAY),
    values: sorted.map(({ hours }) => hours),
    lows: null,
    highs: null,
  }
}

/** Minutes in one stage of a night. */
export const minutesIn = (night: Night, ...names: string[]): number =>
  night.stages
    .filter(({ stage }) => names.includes(stage))
    .reduce((sum, { start, end }) => sum + (Date.parse(end) - Date.parse(start)) / 60_000, 0)

/** Minutes as hours and minutes, such as 7 h 05. */
export const clockWords = (minutes: number): string => {
  const whole = Math.round(minutes)
  return `${Math.floor(whole / 60)} h ${String(whole % 60).padStart(2, '0')}`
}
