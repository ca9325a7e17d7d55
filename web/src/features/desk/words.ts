import type { Action, DeskLine, Reason } from '@/api/client'
import type { Band, Shape } from '@/components/mark'

export interface Words {
  word: string
  band: Band
  shape?: Shape
}

/** Each next action in words, the most pressing first. */
export const ACTIONS: Record<Action, Words> = {
  invite: { word: 'Invite', band: 'act', shape: 'letter' },
  reconnect: { word: 'Reconnect', band: 'act', shape: 'alert' },
  complete_consent: { word: 'Ask for the rest', band: 'watch', shape: 'half' },
  sync: { word: 'Ask for a sync', band: 'act', shape: 'clock' },
  charge: { word: 'Charge', band: 'act', shape: 'alert' },
  wear: { word: 'Ask about wearing', band: 'watch', shape: 'eye' },
  wear_at_night: { word: 'Ask about nights', band: 'watch', shape: 'eye' },
  nothing: { word: 'Nothing to do', band: 'quiet', shape: 'dash' },
}

export const ACTION_NAMES = Object.keys(ACTIONS) as Action[]

/** Why a day is as it is, in words. */
export const REASONS: Record<Reason, Words> = {
  valid: { word: 'Valid', band: 'good', shape: 'tick' },
  below_threshold: { word: 'Worn too little', band: 'watch', shape: 'half' },
  not_worn: { word: 'Not worn', band: 'act', shape: 'alert' },
  pending_sync: { word: 'Not synced yet', band: 'watch', shape: 'clock' },
  lost: { word: 'Lost', band: 'act', shape: 'alert' },
  not_authorised: { word: 'No permission', band: 'act', shape: 'alert' },
  outage: { word: 'Outage', band: 'watch', shape: 'alert' },
  paused: { word: 'Paused', band: 'quiet', shape: 'dash' },
  not_due: { word: 'Not due', band: 'quiet', shape: 'dash' },
  unknown: { word: 'Cause unknown', band: 'quiet', shape: 'dot' },
}

export const REASON_NAMES = Object.keys(REASONS) as Reason[]

export const isReason = (text: string | undefined): text is Reason =>
  REASON_NAMES.some((reason) => reason === text)

/** Silence of a device, by its age. */
export const SYNCS: Record<string, Words> = {
  good: { word: 'Good', band: 'good', shape: 'tick' },
  watch: { word: 'Watch', band: 'watch', shape: 'clock' },
  act: { word: 'Act', band: 'act', shape: 'alert' },
  urgent: { word: 'Urgent', band: 'act', shape: 'alert' },
  lost: { word: 'Loss likely', band: 'act', shape: 'alert' },
}

/** Adherence, by the bands of the definition. */
export const BANDS: Record<string, Words> = {
  'on track': { word: 'On track', band: 'good', shape: 'tick' },
  watch: { word: 'Watch', band: 'watch', shape: 'clock' },
  act: { word: 'Act', band: 'act', shape: 'alert' },
  critical: { word: 'Critical', band: 'act', shape: 'alert' },
}

export const STATUSES: Record<DeskLine['status'], Words> = {
  planned: { word: 'Planned', band: 'quiet', shape: 'dot' },
  active: { word: 'Active', band: 'good', shape: 'dot' },
  paused: { word: 'Paused', band: 'quiet', shape: 'dash' },
  completed: { word: 'Completed', band: 'quiet', shape: 'tick' },
  withdrawn: { word: 'Withdrawn', band: 'quiet', shape: 'dash' },
}

const GRANTS: Record<string, Words> = {
  none: { word: 'Not invited', band: 'quiet', shape: 'dash' },
  invited: { word: 'Invited', band: 'quiet', shape: 'letter' },
  active: { word: 'Connected', band: 'good', shape: 'tick' },
  partial: { word: 'In part', band: 'watch', shape: 'half' },
  expired: { word: 'Expired', band: 'act', shape: 'alert' },
  revoked: { word: 'Revoked', band: 'act', shape: 'alert' },
}

const BEST = ['active', 'partial', 'expired', 'revoked', 'invited', 'none']

/** The place of the best of a participant's grants; none where data come as files. */
export function grantRank({ grants }: DeskLine): number | null {
  const states = grants.map(({ state }): string => state)
  const rank = BEST.findIndex((state) => states.includes(state))
  return rank < 0 ? null : rank
}

/** What a participant granted: the best of their grants, in words. */
export function authorisation(line: DeskLine): Words | null {
  const rank = grantRank(line)
  return rank === null ? null : (GRANTS[BEST[rank] ?? ''] ?? null)
}

/** A battery in words: its share where the device tells one, else its level. */
export function batteryOf({ battery_percent, battery_level }: DeskLine): Words | null {
  if (battery_percent !== null) {
    const word = `${Math.round(battery_percent)} %`
    if (battery_percent > 50) return { word, band: 'good', shape: 'tick' }
    if (battery_percent > 20) return { word, band: 'watch', shape: 'half' }
    return { word, band: 'act', shape: 'alert' }
  }
  if (!battery_level) return null
  const band = { high: 'good', medium: 'watch', low: 'act', empty: 'act' }[battery_level] ?? 'quiet'
  return { word: battery_level[0]?.toUpperCase() + battery_level.slice(1), band: band as Band }
}

/** What is left until the device may lose data, in words. */
export function lossWords({ loss_in_h, sync_band }: DeskLine): string {
  if (loss_in_h === null || sync_band === 'good') return ''
  if (loss_in_h <= 0) return 'data may be lost'
  return loss_in_h < 48
    ? `loss in ${Math.ceil(loss_in_h)} h`
    : `loss in ${Math.round(loss_in_h / 24)} days`
}

/** Which day of their time in the study it is, with a word before it. */
export function dayWords({ study_day, study_days }: DeskLine, before = ''): string {
  if (study_day === null) return ''
  if (study_day < 1) return study_day === 0 ? 'starts tomorrow' : `starts in ${1 - study_day} days`
  return `${before}${study_day}${study_days ? ` of ${study_days}` : ''}`
}

/** Whether somebody is to be contacted, and nobody has seen to it. */
export const isDue = ({ next_action, handled }: DeskLine): boolean =>
  next_action !== 'nothing' && handled === null

export const people = (count: number): string =>
  count === 1 ? '1 person' : `${count.toLocaleString('en')} people`
