import type { Letter, Message } from '@/api/client'
import type { Band, Shape } from '@/components/mark'
import { timeHere } from '@/components/time/words'

export const people = (number: number): string =>
  number === 1 ? '1 person' : `${number.toLocaleString('en')} people`

const NAMES: Record<string, string> = {
  invite: 'Invitation',
  reconnect: 'Please connect again',
  complete_consent: 'One permission is missing',
  sync: 'Please sync',
  charge: 'Please charge',
  wear: 'Wearing it',
  wear_at_night: 'Wearing it at night',
}

/** What a text is about; a study's own text goes by its name. */
export const textName = (name: string): string => NAMES[name] ?? name

/** The codes in a text: one a line, or with commas or spaces between. */
export const codesIn = (text: string): string[] => [
  ...new Set(text.split(/[\s,;]+/).filter(Boolean)),
]

interface Mark {
  band: Band
  word: string
  shape?: Shape
}

const STATES: Record<string, Mark> = {
  queued: { band: 'watch', word: 'Waits' },
  sending: { band: 'watch', word: 'Is being sent' },
  sent: { band: 'good', word: 'Sent', shape: 'letter' },
  bounced: { band: 'act', word: 'Address refused' },
  failed: { band: 'act', word: 'Failed' },
  unknown: { band: 'watch', word: 'May have arrived' },
  dropped: { band: 'quiet', word: 'Not wanted any more' },
}

export const stateMark = (state: string): Mark => STATES[state] ?? { band: 'quiet', word: state }

const [SOON, LATE] = [24, 72]

/** What came of a message. */
export function outcomeMark({ state, synced_after_h: hours, told }: Message): Mark | null {
  if (state !== 'sent') return null
  if (!told) return { band: 'quiet', word: 'Device tells of no sync' }
  if (hours === null || hours === undefined) return { band: 'watch', word: 'No sync yet' }
  if (hours <= SOON) return { band: 'good', word: 'Synced within 24 h' }
  if (hours <= LATE) return { band: 'good', word: 'Synced within 72 h' }
  return { band: 'quiet', word: 'Synced later' }
}

const VERDICTS: Record<string, Mark> = {
  now: { band: 'good', word: 'Goes now', shape: 'letter' },
  later: { band: 'watch', word: 'Goes later' },
  held: { band: 'quiet', word: 'Held back' },
}

export const verdictMark = ({ verdict }: Letter): Mark =>
  VERDICTS[verdict] ?? { band: 'quiet', word: verdict }

/** Why somebody is not written to now, and until when. */
export function whyWords({ reason, at, until, verdict }: Letter): string {
  const when = verdict === 'later' ? at : until
  const said = reason.replace(/; may be again from .*/, '')
  return [said, when && `until ${timeHere(when)}`].filter(Boolean).join(', ')
}

/** What a dry run found, in a sentence. */
export function summary(letters: readonly Letter[]): string {
  const many = (verdict: string) => letters.filter((one) => one.verdict === verdict).length
  const [now, later, held] = [many('now'), many('later'), many('held')]
  const parts = [
    `Would go to ${people(now + later)}`,
    ...(later > 0 ? [`${later} of them later`] : []),
    ...(held > 0 ? [`${people(held)} held back`] : []),
  ]
  return `${parts.join(', ')}.`
}
