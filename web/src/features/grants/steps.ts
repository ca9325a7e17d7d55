import type { Grant, Step } from '@/api/client'
import type { Band, Shape } from '@/components/mark'

interface Words {
  word: string
  band: Band
  shape: Shape
}

/** Each step in words, in the order in which people come along. */
export const STEPS: Record<Step, Words> = {
  none: { word: 'Not invited', band: 'quiet', shape: 'dash' },
  invited: { word: 'Invited', band: 'quiet', shape: 'letter' },
  opened: { word: 'Opened', band: 'watch', shape: 'eye' },
  active: { word: 'Connected', band: 'good', shape: 'dot' },
  partial: { word: 'In part', band: 'watch', shape: 'half' },
  first_data: { word: 'Sends data', band: 'good', shape: 'tick' },
  expired: { word: 'Expired', band: 'act', shape: 'alert' },
  revoked: { word: 'Revoked', band: 'quiet', shape: 'dash' },
}

export const STEP_NAMES = Object.keys(STEPS) as Step[]

/** Steps on which nothing comes in, or not all of it, until somebody consents again. */
export const RECONNECT: readonly Step[] = ['expired', 'partial']

export const isStep = (text: string | undefined): text is Step =>
  STEP_NAMES.some((step) => step === text)

const WORDS: Record<Step, (grant: Grant) => string> = {
  none: () => '',
  invited: () => 'has not opened the link yet',
  opened: () => 'looked at the invitation, has not agreed yet',
  active: () => 'no data yet',
  partial: ({ missing, detail }) =>
    missing.length > 0 ? `${listed(missing)} not shared` : detail || 'not everything is shared',
  first_data: () => '',
  expired: ({ detail }) => detail,
  revoked: ({ detail }) => detail,
}

/** What there is to know beside the step. */
export function detailOf(grant: Grant): string {
  const own = WORDS[grant.step](grant)
  const declined = ['invited', 'opened'].includes(grant.step) && grant.detail
  return declined || own
}

/** Words as a sentence lists them: a, b and c. */
export function listed(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`
}

/** The codes in pasted text: a line each, or commas or tabs between; each once. */
export const codesIn = (text: string): string[] => [
  ...new Set(text.split(/[\s,;]+/).filter(Boolean)),
]

export const people = (count: number): string =>
  count === 1 ? '1 person' : `${count.toLocaleString('en')} people`
