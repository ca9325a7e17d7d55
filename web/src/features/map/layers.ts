import { inkOn, shade } from './cividis'
import type { Glyph } from './glyphs'
import type { DayMap, Person, Reason } from './queries'

export type Layer = 'wear' | 'sync' | 'sleep' | 'valid' | 'reason'

export const LAYERS: Record<Layer, string> = {
  wear: 'Wear',
  sync: 'Sync',
  sleep: 'Sleep',
  valid: 'Valid',
  reason: 'Reason',
}

/** What a cell tells; `share` is its place on the colour scale, where it holds an amount. */
export interface Cell {
  reason: Reason
  worn: number | null
  asleep: number | null
}

/** How a cell is drawn: on a colour (a variable of the style sheet, or a plain one), a glyph. */
export interface Look {
  word: string
  fill: string | null
  ink: string
  glyph: Glyph
}

const WORDS: Record<Reason, string> = {
  valid: 'Valid',
  below_threshold: 'Worn too little',
  not_worn: 'Not worn',
  pending_sync: 'Waiting for a sync',
  lost: 'Lost: synced too late',
  not_authorised: 'Not authorised',
  outage: 'Our reading failed',
  paused: 'Paused',
  not_due: 'Nothing expected',
  unknown: 'Cause not known',
}

const GLYPHS: Record<Reason, Glyph> = {
  valid: 'none',
  below_threshold: 'corner',
  not_worn: 'hatch',
  pending_sync: 'dots',
  lost: 'cross',
  not_authorised: 'barred',
  outage: 'bang',
  paused: 'bars',
  not_due: 'none',
  unknown: 'query',
}

const plain = (word: string, glyph: Glyph, fill: string | null = null): Look => ({
  word,
  fill,
  ink: '--quiet',
  glyph,
})

const BY_REASON = Object.fromEntries(
  (Object.keys(WORDS) as Reason[]).map((reason) => [reason, plain(WORDS[reason], GLYPHS[reason])]),
) as Record<Reason, Look>

const FULL_DAY = 1440
const FULL_NIGHT = 600

const amount = (word: string, share: number, glyph: Glyph): Look => ({
  word,
  fill: shade(share),
  ink: inkOn(share),
  glyph,
})

export const reasonWords = (reason: Reason): string => WORDS[reason]

function wearLook({ reason, worn }: Cell): Look {
  if (worn === null || worn === 0 || reason === 'not_due') return BY_REASON[reason]
  const seen = reason === 'valid' ? 'none' : GLYPHS[reason]
  return amount(WORDS[reason], worn / FULL_DAY, seen)
}

const SYNCED: Look = { word: 'Synced', fill: '--map-yes', ink: '--map-yes-ink', glyph: 'none' }
const SYNC: Record<Reason, Look> = {
  ...BY_REASON,
  valid: SYNCED,
  below_threshold: SYNCED,
  not_worn: SYNCED,
  lost: plain('Synced too late, or never', 'cross'),
  unknown: plain('No sync was ever told', 'query'),
}

const VALID: Look = { word: 'Valid', fill: '--map-yes', ink: '--map-yes-ink', glyph: 'tick' }
const INVALID = plain('Not valid', 'hatch')
const VALIDITY: Record<Reason, Look> = {
  ...BY_REASON,
  valid: VALID,
  below_threshold: INVALID,
  not_worn: INVALID,
  lost: INVALID,
}

const REASONS: Record<Reason, Look> = {
  ...BY_REASON,
  valid: { ...VALID, glyph: 'none' },
  below_threshold: { ...BY_REASON.below_threshold, fill: '--map-some', ink: '--map-yes' },
  lost: { ...BY_REASON.lost, fill: '--map-bad', ink: '--map-bad-ink' },
  not_authorised: { ...BY_REASON.not_authorised, fill: '--map-ours', ink: '--map-ours-ink' },
  outage: { ...BY_REASON.outage, fill: '--map-ours', ink: '--map-ours-ink' },
}

const NO_NIGHT = plain('No sleep was uploaded', 'hatch')

function sleepLook({ reason, asleep }: Cell): Look {
  if (asleep !== null) return amount('Asleep', asleep / FULL_NIGHT, 'none')
  const closed = SYNC[reason] === SYNCED || reason === 'lost'
  return closed ? NO_NIGHT : BY_REASON[reason]
}

/** How a cell looks in a layer. */
export function lookOf(layer: Layer, cell: Cell): Look {
  if (layer === 'wear') return wearLook(cell)
  if (layer === 'sleep') return sleepLook(cell)
  return { sync: SYNC, valid: VALIDITY, reason: REASONS }[layer][cell.reason]
}

/** A person's day, counted from the first of the map; null where it is not over or before it. */
export function cellAt({ reasons }: DayMap, person: Person, day: number): Cell | null {
  const reason = reasons[person.reason[day] ?? -1]
  if (!reason) return null
  return { reason, worn: person.worn[day] ?? null, asleep: person.asleep?.[day] ?? null }
}

/** Minutes in words, such as 7 h 05 min. */
export function minutesWords(minutes: number): string {
  const whole = Math.round(minutes)
  return `${Math.floor(whole / 60)} h ${String(whole % 60).padStart(2, '0')} min`
}

/** What a cell tells, in words. */
export function cellWords(layer: Layer, cell: Cell): string {
  const parts = [WORDS[cell.reason]]
  if (cell.worn !== null && cell.reason !== 'not_due') {
    parts.push(`worn ${minutesWords(cell.worn)}`)
  }
  if (layer === 'sleep') {
    parts.push(cell.asleep === null ? 'no sleep uploaded' : `asleep ${minutesWords(cell.asleep)}`)
  }
  return parts.join(', ')
}
