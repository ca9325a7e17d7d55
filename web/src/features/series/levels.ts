import type { Metric, Series } from '@/api/client'
import { civilAt, civilText, dateText } from '@/components/time/zone'

export type Level = Series['level']

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

export const RESOLUTIONS = [
  ['auto', 'Automatic'],
  ['span', 'By length of time'],
  ['raw', 'Every sample'],
  ['1m', 'Minutes'],
  ['1h', 'Hours'],
  ['1d', 'Days'],
  ['1w', 'Weeks'],
  ['1mo', 'Months'],
] as const

export type Resolution = (typeof RESOLUTIONS)[number][0]

export const resolutionOf = (text: string | undefined): Resolution =>
  RESOLUTIONS.find(([name]) => name === text)?.[0] ?? 'auto'

const LENGTHS: Record<Exclude<Level, 'raw'>, [number, string]> = {
  '1m': [MINUTE, '1 min'],
  '1h': [HOUR, '1 h'],
  '1d': [DAY, '1 day'],
  '1w': [7 * DAY, '1 week'],
  '1mo': [31 * DAY, '1 month'],
}

/** What each drawn value stands for, such as "1 h means". */
export function levelWords(level: Level, { fold, kind }: Metric): string {
  if (level === 'raw') return kind === 'daily' ? 'daily values' : 'every sample'
  return `${LENGTHS[level][1]} ${fold === 'sum' ? 'totals' : 'means'}`
}

/** When a bucket that starts at an instant ends; for raw samples, the native spacing later. */
export function endOf(start: number, level: Level, spacing_s: number | null): number {
  return start + (level === 'raw' ? (spacing_s ?? 0) * 1000 : LENGTHS[level][0])
}

/** The longest time between two neighbours that a line may still join. */
export function joins(level: Level, family: string, spacing_s: number | null, usual: number) {
  if (level !== 'raw') return LENGTHS[level][0] * 1.5
  const spacing = (spacing_s ?? 0) * 1000
  if (spacing >= DAY) return spacing * 1.5
  if (family === 'heart') return 15 * MINUTE
  return Math.max(MINUTE, 3 * spacing, 3 * Math.min(usual, 5 * MINUTE))
}

/** The start of a bucket in words; civil buckets carry their own offset and need no zone. */
export function bucketWords(t: string, level: Level, daily: boolean, zone: string): string {
  if (level === 'raw' && daily) return dateText(civilAt(Date.parse(t), zone))
  if (level === 'raw' || level === '1m' || level === '1h') {
    const at = civilAt(Date.parse(t), zone)
    return `${dateText(at)} ${civilText(at, level === 'raw' ? 'second' : 'minute')}`
  }
  const day = t.slice(0, 10)
  if (level === '1w') return `week of ${day}`
  return level === '1mo' ? day.slice(0, 7) : day
}

const UNITS: Record<string, string> = {
  '/min': 'per min',
  '1': '',
  '{steps}': 'steps',
  '{floors}': 'floors',
  Cel: '°C',
  ms2: 'ms²',
}

/** A UCUM unit as people write it. */
export const unitWords = (unit: string): string => UNITS[unit] ?? unit

const NUMBERS = new Intl.NumberFormat('en', { maximumFractionDigits: 1 })

export const numberWords = (value: number | null | undefined): string =>
  value == null ? '' : NUMBERS.format(value)
